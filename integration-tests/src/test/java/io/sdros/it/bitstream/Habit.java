package io.sdros.it.bitstream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;

/** What an encoder, or the producer behind it, makes of good pictures. */
enum Habit {
    SETS_ONCE(pictures -> each(pictures, (picture, i) -> Commit.right(i == 0 ? picture : withoutSets(picture)))),
    SETS_ALONE_ONCE(pictures -> alone(pictures, i -> i == 0)),
    SETS_ALONE_BEFORE_EACH_KEYFRAME(pictures -> alone(pictures, i -> true)),
    SETS_IN_A_DELTA(pictures -> each(pictures, (picture, i) -> {
        if (i == 0 || !Nal.keyframe(picture)) {
            boolean beforeKeyframe = i + 1 < pictures.size() && Nal.keyframe(pictures.get(i + 1));
            List<Nal> units = new ArrayList<>(picture);
            if (beforeKeyframe) {
                units.addAll(1, Nal.only(pictures.get(i + 1), Nal::parameterSet));
            }
            return Commit.right(units);
        }
        return Commit.right(withoutSets(picture));
    })),
    FLAG_ON_EVERY_FRAME(pictures -> each(pictures, (picture, i) -> Commit.right(picture).flagged(true))),
    FLAG_ON_NONE(pictures -> each(pictures, (picture, i) -> Commit.right(picture).flagged(false))),
    FLAG_ON_THE_FRAME_AFTER(pictures -> each(pictures, (picture, i) ->
            Commit.right(picture).flagged(i > 0 && Nal.keyframe(pictures.get(i - 1))))),
    LENGTH_PREFIXED(pictures -> each(pictures, (picture, i) ->
            new Commit(Nal.lengthPrefixed(picture), Commit.right(picture).flags()))),
    LENGTH_PREFIXED_SETS_ONCE(pictures -> each(pictures, (picture, i) ->
            new Commit(Nal.lengthPrefixed(i == 0 ? picture : withoutSets(picture)), 0))),
    NO_DELIMITERS_SETS_ONCE(pictures -> each(pictures, (picture, i) -> Commit.right(Nal.only(
            i == 0 ? picture : withoutSets(picture), nal -> !nal.delimiter()))));

    private final Function<List<List<Nal>>, List<Commit>> commits;

    Habit(Function<List<List<Nal>>, List<Commit>> commits) {
        this.commits = commits;
    }

    /** What is committed of these pictures. */
    List<Commit> commits(List<List<Nal>> pictures) {
        return commits.apply(pictures);
    }

    private interface One {
        Commit of(List<Nal> picture, int index);
    }

    private static List<Commit> each(List<List<Nal>> pictures, One one) {
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            commits.add(one.of(pictures.get(i), i));
        }
        return commits;
    }

    /** As Android's encoders do: the parameter sets are a buffer of their own, with the keyframe's flag. */
    private static List<Commit> alone(List<List<Nal>> pictures, IntPredicate which) {
        List<Commit> commits = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            List<Nal> sets = Nal.only(pictures.get(i), Nal::parameterSet);
            if (!sets.isEmpty() && which.test(i)) {
                commits.add(Commit.key(sets));
            }
            commits.add(Commit.right(withoutSets(pictures.get(i))));
        }
        return commits;
    }

    private static List<Nal> withoutSets(List<Nal> picture) {
        return Nal.only(picture, nal -> !nal.parameterSet());
    }
}
