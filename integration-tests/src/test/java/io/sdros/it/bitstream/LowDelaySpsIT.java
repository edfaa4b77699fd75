package io.sdros.it.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sdros.it.support.OpenResources;
import io.sdros.it.support.RegionWriter;
import io.sdros.it.support.ServerProcess;
import io.sdros.it.support.TempRegion;
import io.sdros.it.support.VideoFrame;
import io.sdros.it.support.WsRecorder;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * With {@code SDR_LOW_DELAY_SPS} viewers are told that pictures come in order where that is so; ffmpeg reads what the SPS says
 * then, and decodes the stream to the same pictures.
 */
final class LowDelaySpsIT {

    private static final int PICTURES = 3 * EncodedClip.GROUP;
    private static final int SPS = 7;
    private static final Set<String> OF_THE_ORDER = Set.of("vui_parameters_present_flag", "bitstream_restriction_flag",
            "motion_vectors_over_pic_boundaries_flag", "max_bytes_per_pic_denom", "max_bits_per_mb_denom",
            "log2_max_mv_length_horizontal", "log2_max_mv_length_vertical", "max_num_reorder_frames", "max_dec_frame_buffering");

    private final OpenResources opened = new OpenResources();

    @AfterEach
    void closeEverything() {
        opened.close();
    }

    /** As encoders have it that say much and nothing of the order. */
    private static List<List<Nal>> silent(List<List<Nal>> pictures) {
        return SequenceSyntax.silentFrom("bitstream_restriction_flag", pictures);
    }

    private static Map<String, List<List<Nal>>> streams() {
        Map<String, List<List<Nal>>> streams = new LinkedHashMap<>();
        streams.put("baseline", SequenceSyntax.silentFrom("vui_parameters_present_flag",
                EncodedClip.h264(PICTURES, "bframes=0:cabac=0:8x8dct=0:weightp=0:slices=1")));
        streams.put("colours", silent(EncodedClip.h264(PICTURES,
                "bframes=0:ref=3:slices=1:colorprim=bt709:transfer=bt709:colormatrix=bt709:range=pc:sar=4/3:chromaloc=1")));
        streams.put("buffer", silent(EncodedClip.h264(PICTURES,
                "bframes=0:slices=1:nal-hrd=vbr:vbv-maxrate=900:vbv-bufsize=900:pic-struct=1:crop-rect=4,2,6,8")));
        streams.put("looks-ahead", EncodedClip.h264(PICTURES, "bframes=2:b-adapt=1:b-bias=-100:b-pyramid=none:slices=1"));
        streams.put("b", EncodedClip.h264(PICTURES, "bframes=2:b-adapt=0:b-pyramid=none:open-gop=0:slices=1"));
        streams.put("right", EncodedClip.h264(PICTURES, "bframes=0:slices=1"));
        return streams;
    }

    @Test
    void viewersAreToldThatPicturesComeInOrderAndSeeTheSame() {
        Map<String, List<List<Nal>>> streams = streams();
        Map<String, TempRegion> regions = new LinkedHashMap<>();
        streams.keySet().forEach(name -> regions.put(name, opened.add(TempRegion.create())));
        ServerProcess server = opened.add(ServerProcess.builder()
                .set("SDR_STREAMS", String.join(",", regions.entrySet().stream()
                        .map(entry -> entry.getKey() + "=shm:" + entry.getValue().path()).toList()))
                .set("SDR_LOW_DELAY_SPS", "true").set("SDR_MAX_LATENCY_MS", "0").set("SDR_BROADCAST_CAPACITY", "1024").start());
        streams.forEach((name, pictures) -> {
            List<VideoFrame> got = got(server, name, regions.get(name), pictures);
            List<byte[]> payloads = got.stream().map(VideoFrame::payload).toList();
            assertThat(EncodedClip.decoded(Nal.annexB(got.stream().flatMap(frame -> Nal.split(frame.payload(), false).stream())
                    .toList()), false)).as(name).isNotEmpty()
                    .isEqualTo(EncodedClip.decoded(Nal.annexB(pictures.stream().flatMap(List::stream).toList()), false));
            if (name.equals("b") || name.equals("right")) {
                for (int i = 0; i < PICTURES; i++) {
                    assertThat(payloads.get(i)).as("%s, picture %d, bit by bit", name, i).isEqualTo(Nal.annexB(pictures.get(i)));
                }
            } else {
                assertToldInOrder(name, sps(Nal.annexB(pictures.get(0))), sps(payloads.get(EncodedClip.GROUP)));
                assertThat(sps(payloads.get(2 * EncodedClip.GROUP))).as(name).isEqualTo(sps(payloads.get(EncodedClip.GROUP)));
            }
        });
    }

    private List<VideoFrame> got(ServerProcess server, String name, TempRegion region, List<List<Nal>> pictures) {
        WsRecorder viewer = opened.add(WsRecorder.connect(
                URI.create("ws://127.0.0.1:" + server.port() + "/streams/" + name + "/ws"), Map.of()));
        RegionWriter writer = RegionWriter.open(region.path());
        for (int i = 0; i < PICTURES; i++) {
            Commit commit = Commit.right(pictures.get(i));
            writer.write(i, commit.flags(), VideoFrame.H264, commit.payload());
            viewer.awaitVideo(i + 1);
        }
        return viewer.video();
    }

    private static byte[] sps(byte[] payload) {
        return Nal.split(payload, false).stream().filter(unit -> unit.type() == SPS).map(Nal::bytes).findFirst().orElseThrow();
    }

    private static void assertToldInOrder(String name, byte[] before, byte[] after) {
        assertThat(Arrays.equals(before, after)).as("%s: unchanged", name).isFalse();
        SequenceSyntax told = SequenceSyntax.of(after);
        assertThat(told.fields().get("max_num_reorder_frames").value()).as(name).isZero();
        assertThat(told.fields().get("max_dec_frame_buffering").value()).as(name)
                .isGreaterThanOrEqualTo(told.fields().get("max_num_ref_frames").value());
        assertThat(allElse(told)).as(name).isEqualTo(allElse(SequenceSyntax.of(before)));
    }

    /** But for flags of a VUI that say that there is nothing, which is so without one, too. */
    private static List<String> allElse(SequenceSyntax syntax) {
        List<String> all = new ArrayList<>();
        syntax.fields().forEach((field, said) -> {
            if (!OF_THE_ORDER.contains(field) && !(field.endsWith("_present_flag") && said.value() == 0)) {
                all.add(field + " = " + said.value());
            }
        });
        return all;
    }
}
