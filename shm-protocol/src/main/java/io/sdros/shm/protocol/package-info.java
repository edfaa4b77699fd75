/**
 * The shared-memory frame region: one writer, many readers, one slot, the latest frame wins.
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
 * </ul>
 *
 * <h2>Who pairs with whom</h2>
 * All of it is in {@link io.sdros.shm.protocol.RegionBuffer}; no other class orders anything on a region.
 * <table>
 *   <caption>Pairs</caption>
 *   <tr><th>writer</th><th>reader</th><th>gives</th></tr>
 *   <tr><td>{@code commitRelease}: sequence, release</td><td>{@code sequenceAcquire}</td>
 *       <td>who sees sequence N sees length, header and payload N, or newer ones</td></tr>
 *   <tr><td>{@code markInProgress}: length 0, then release fence, then header and payload</td>
 *       <td>{@code unchangedSince}: acquire fence, then length and header again</td>
 *       <td>a reader whose copy holds any byte of frame N+1 sees a length or a header that is not N's</td></tr>
 * </table>
 * Writers that issue no barriers rely on their processor to keep stores in order (x86 does). On processors that do
 * not, the CRC is what catches the rest.
 */
package io.sdros.shm.protocol;
