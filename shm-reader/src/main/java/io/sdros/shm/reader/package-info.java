/**
 * Reads the shared-memory frame region, and never hands over a torn frame.
 *
 * <p>{@link io.sdros.shm.reader.ShmFrameStream} is the whole of it: a thread that finds the file, waits for frames and
 * gives them to a {@link io.sdros.shm.reader.FrameStreamListener}, or lets them be taken from a
 * {@link io.sdros.shm.reader.FrameQueue}. {@link io.sdros.shm.reader.FrameReader} is the single read attempt inside, for
 * those who bring their own region and loop.
 *
 * <h2>Frames as they come</h2>
 * The listener is called by the stream's thread, and holds up reading for as long as it takes.
 * <pre>{@code
 * import io.sdros.shm.reader.ShmFrameStream;
 * import java.nio.file.Path;
 * import java.util.concurrent.CountDownLatch;
 *
 * public class PrintSizes {
 *     public static void main(String[] arguments) throws Exception {
 *         try (ShmFrameStream stream = ShmFrameStream.builder(Path.of(arguments[0]))
 *                 .threadFactory(reading -> new Thread(reading, "front camera"))
 *                 .listener(frame -> System.out.println(frame.frameSeq() + ": " + frame.sizeBytes() + " bytes"))
 *                 .build()) {
 *             stream.start();
 *             new CountDownLatch(1).await(); // until this thread is interrupted, or the process ends
 *         }
 *     }
 * }
 * }</pre>
 *
 * <h2>Frames when they are wanted</h2>
 * Here the program waits for the next frame, and says how many may wait for the program.
 * <pre>{@code
 * import io.sdros.shm.reader.FrameQueue;
 * import io.sdros.shm.reader.QueuedFrame;
 * import io.sdros.shm.reader.ShmFrameStream;
 * import java.io.OutputStream;
 * import java.nio.channels.Channels;
 * import java.nio.channels.WritableByteChannel;
 * import java.nio.file.Files;
 * import java.nio.file.Path;
 * import java.time.Duration;
 * import java.util.Optional;
 *
 * public class Record {
 *     public static void main(String[] arguments) throws Exception {
 *         try (FrameQueue frames = ShmFrameStream.builder(Path.of(arguments[0])).openQueue(64);
 *                 OutputStream file = Files.newOutputStream(Path.of(arguments[1]));
 *                 WritableByteChannel channel = Channels.newChannel(file)) {
 *             while (frames.open()) {
 *                 Optional<QueuedFrame> next = frames.next(Duration.ofSeconds(1));
 *                 if (next.isEmpty()) {
 *                     System.err.println("no frame; the region: " + frames.statistics().attachReason());
 *                     continue;
 *                 }
 *                 if (next.get().discontinuity().isPresent()) {
 *                     System.err.println(next.get().missingFrames() + " frames are missing here");
 *                 }
 *                 channel.write(next.get().frame().payload());
 *             }
 *         }
 *     }
 * }
 * }</pre>
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
