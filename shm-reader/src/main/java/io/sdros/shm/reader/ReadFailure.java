package io.sdros.shm.reader;

/**
 * A frame that was given up, or the latest of many that were overwritten before they could be read.
 *
 * @param outcome      what the last attempt came to
 * @param sequence     its commit sequence (u64)
 * @param suppressed   how many were given up for the same reason since the last report of it, without a report
 * @param crcLikelyOff whether every CRC that did not match so far was 0: the writer probably has CRC off
 */
public record ReadFailure(ReadOutcome outcome, long sequence, long suppressed, boolean crcLikelyOff) {
}
