/**
 * What the bytes of a video stream say: H.264 and HEVC units up to their first slice, and the parameter sets in them.
 *
 * <p>Words, as the two standards have them: a <b>unit</b> is what a producer has committed, one access unit if all is
 * well; it holds <b>NAL units</b>, each behind a start code (Annex B) or behind its length in four bytes. A
 * <b>parameter set</b> (VPS, SPS, PPS) has an id; slices name a PPS, which names an SPS, which in HEVC names a VPS.
 *
 * <p>Of a unit at most {@link io.sdros.server.bitstream.NalCursor#MOST_BYTES} bytes are looked at, each once, whatever
 * is in them; nothing in a unit can make anything here throw. Where nothing is learnt, nothing is allocated. The entry
 * is {@link io.sdros.server.bitstream.StreamInspector}, one per stream, used by one thread.
 */
package io.sdros.server.bitstream;
