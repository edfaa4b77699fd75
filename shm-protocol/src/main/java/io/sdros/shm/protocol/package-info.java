/**
 * The shared-memory frame region: one writer, many readers, one slot in which the latest frame wins, and behind it a history
 * of the last frames for readers that come late.
 *
 * <p>{@link io.sdros.shm.protocol.ShmWriter} is all that stores anything; the rest says where things are and what they mean.
 * <pre>{@code
 * import io.sdros.shm.protocol.Codecs;
 * import io.sdros.shm.protocol.FrameFlags;
 * import io.sdros.shm.protocol.ShmWriter;
 * import java.nio.ByteBuffer;
 * import java.nio.file.Files;
 * import java.nio.file.Path;
 *
 * public class ShowPicture {
 *     public static void main(String[] arguments) throws Exception {
 *         ByteBuffer picture = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[1])));
 *         try (ShmWriter writer = ShmWriter.builder(Path.of(arguments[0])).open()) {
 *             if (!writer.write(picture, System.nanoTime(), FrameFlags.KEYFRAME, Codecs.JPEG)) {
 *                 System.err.println("a frame has " + writer.maxPayloadBytes() + " bytes at most");
 *             }
 *         }
 *     }
 * }
 * }</pre>
 *
 * <h2>Vocabulary of orderings</h2>
 * Comments in this package and in {@code io.sdros.shm.reader} use these words, and only these, for memory ordering:
 * <ul>
 *   <li><em>plain</em>: no ordering; may be moved by compiler and processor.</li>
 *   <li><em>opaque</em>: not moved out of the program by the compiler and never split, but not ordered against
 *       other locations.</li>
 *   <li><em>acquire</em> (load): nothing that follows in the program is done before this load.</li>
 *   <li><em>release</em> (store): everything that precedes in the program is visible before this store.</li>
 *   <li><em>acquire fence</em>: loads before the fence are done before loads and stores after it.</li>
 *   <li><em>release fence</em>: loads and stores before the fence are done before stores after it.</li>
 *   <li><em>full fence</em>: whatever is before the fence is done before whatever is after it, streaming stores of
 *       large copies included.</li>
 * </ul>
 *
 * <h2>Who pairs with whom</h2>
 * Both sides copy by position, with calls of the operating system. The kernel makes such a copy with loads and stores
 * of the processor that runs the calling thread, in the order of the calls, and both processes' copies go to the same
 * memory; so fences between the calls order the copies as they would order loads and stores of the program's own, and
 * moving to another processor in between is ordered by the scheduler. Within one copy nothing is ordered.
 * <table>
 *   <caption>Pairs</caption>
 *   <tr><th>{@code ShmWriter}</th><th>{@code RegionView}, in the reader</th><th>gives</th></tr>
 *   <tr><td>length, then release fence, then sequence</td><td>{@code look}: sequence, then acquire fence</td>
 *       <td>who sees sequence N sees length, header and payload N, or newer ones</td></tr>
 *   <tr><td>length 0, then full fence, then header and payload</td>
 *       <td>{@code unchangedSince}: acquire fence, then length and header again</td>
 *       <td>a reader whose copy holds any byte of frame N+1 sees the mark, or a later length</td></tr>
 *   <tr><td>header and payload, then full fence, then length</td>
 *       <td>{@code unchangedSince}: length, acquire fence, then header again</td>
 *       <td>a reader that sees the length of N+1, even if N was just as long, sees the header of N+1</td></tr>
 *   <tr><td>{@code HistoryWriter}: tail intent, then full fence, then record</td>
 *       <td>{@code HistoryView.look} after a copy: acquire fence, then descriptor</td>
 *       <td>a reader whose copy holds any byte of a newer record sees an intent that says so</td></tr>
 *   <tr><td>{@code HistoryWriter}: record, then full fence, then tail</td>
 *       <td>{@code HistoryView.look}: descriptor, then acquire fence</td>
 *       <td>who sees a tail sees the records before it</td></tr>
 * </table>
 * What is left in the slot is a copy made wholly after header N+1 was stored and while its payload was, if the length of N+1 has
 * been stored, its sequence has not, and N was just as long: nothing changes between the two looks. The CRC tells, and
 * so does the header's own number, N+1 where the sequence says N; readers check one of the two.
 *
 * <p>Writers that issue no barriers rely on their processor to keep stores in order (x86 does). On processors that do
 * not, the CRC is what catches the rest.
 */
package io.sdros.shm.protocol;
