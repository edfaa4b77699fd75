package io.sdros.it.bitstream;

import io.sdros.it.support.VideoFrame;
import java.util.ArrayList;
import java.util.List;

/** How a whole picture can be missed; the one condition that is said of all of them. */
enum Cut {
    NAL_BY_NAL, SLICES_ALONE, TWO_PICTURES;

    List<Commit> commits(List<List<Nal>> pictures) {
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            List<Nal> picture = pictures.get(i);
            int flags = Nal.keyframe(picture) ? VideoFrame.KEYFRAME : 0;
            switch (this) {
                case NAL_BY_NAL -> picture.forEach(nal -> commits.add(new Commit(Nal.annexB(List.of(nal)), flags)));
                case SLICES_ALONE -> Nal.only(picture, Nal::slice)
                        .forEach(nal -> commits.add(new Commit(Nal.annexB(List.of(nal)), flags)));
                default -> {
                    if (i % 2 == 1) {
                        List<Nal> two = new ArrayList<>(pictures.get(i - 1));
                        two.addAll(picture);
                        commits.add(Commit.right(two));
                    }
                }
            }
        }
        return commits;
    }
}
