package io.sdros.it.load.chaos;

import java.time.Duration;
import java.util.List;

/**
 * How to run {@link Chaos}.
 *
 * @param faults    which there are, in the order in which they come first; later their order is chance. In each turn another
 *                  of those comes to harm that may
 * @param time      after which no further round begins
 * @param outage    how long a process is stopped
 * @param partition how long a way is cut
 * @param settle    how long all is well before the next fault; a connection that lasted for less than 2 s is made anew more slowly
 * @param slack     what a busy machine may add to each time
 */
public record Options(List<Fault> faults, int rounds, Duration time, long seed, Duration outage, Duration partition,
        Duration settle, Duration slack) {
}
