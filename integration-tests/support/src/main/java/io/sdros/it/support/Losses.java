package io.sdros.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * Tells frames that the server has lost on the way to its viewers, which is never right, from those that it could not
 * see: the region has one slot, and on a busy machine a frame may be replaced before anyone has looked.
 *
 * @param unseen frames, by their numbers, that were replaced before the server saw them
 * @param skipped frames that it saw and could use for nobody, for lack of those
 */
public record Losses(long unseen, long skipped) {

    public static Losses of(ServerProcess server) {
        Metrics metrics = server.http().metrics();
        return new Losses((long) metrics.sum("sdr_frames_lost_total"), (long) metrics.sum("sdr_frames_skipped_total"));
    }

    /** Each viewer has got every frame that the server could pass on. The server has had no others to itself. */
    public void assertNoneBut(List<CrowdViewer> viewers) {
        assertThat(viewers).allSatisfy(viewer -> {
            assertThat(viewer.undecodable()).as("frames that cannot be decoded").isZero();
            assertThat(viewer.framesMissed()).as("frames missed").isLessThanOrEqualTo(unseen + skipped);
        });
    }
}
