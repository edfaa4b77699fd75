/**
 * Reads the shared-memory frame region, and never hands over a torn frame.
 *
 * <p>{@link io.sdros.shm.reader.ShmFrameStream} is the whole of it: a thread that finds the file, waits for frames and
 * gives them to a {@link io.sdros.shm.reader.FrameStreamListener}. {@link io.sdros.shm.reader.FrameReader} is the
 * single read attempt inside, for those who bring their own region and loop.
 *
 * <h2>Orderings</h2>
 * The words for memory orderings (plain, opaque, acquire, release, fences) are those of
 * {@code io.sdros.shm.protocol}, and so are all orderings on the region itself: the reader's loads pair with the
 * writer's stores, in another process, as that package's page says. Within this package:
 * <table>
 *   <caption>Pairs</caption>
 *   <tr><th>stream's thread</th><th>other threads</th><th>gives</th></tr>
 *   <tr><td>{@code Counter.set}: release</td><td>{@code Counter.value}: acquire</td>
 *       <td>who sees a count sees the counts made before it</td></tr>
 *   <tr><td>{@code ReaderStatistics.attachment}: volatile store</td><td>its accessors: volatile load</td>
 *       <td>state and reason belong together</td></tr>
 *   <tr><td>loop condition: volatile load of {@code stopping}</td><td>{@code close}: volatile store, then unpark</td>
 *       <td>a stream that is told to stop does not sleep over it</td></tr>
 * </table>
 * A {@link io.sdros.shm.reader.Frame} has no ordering of its own: header and payload are written before the listener
 * sees it, and whatever passes it on to another thread must publish it safely.
 */
package io.sdros.shm.reader;
