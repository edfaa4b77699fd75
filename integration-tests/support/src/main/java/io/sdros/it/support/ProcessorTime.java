package io.sdros.it.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * What this machine's processors have done until a moment, in the kernel's ticks. Of what was done between two of them,
 * the part that is neither the test's nor its child processes' tells how much of the machine the test had to do without.
 *
 * @param busyTicks of all processors; what a hypervisor gave to others counts as busy
 * @param allTicks  busy or not
 * @param ownTicks  of this process and all that descend from it, those that have ended included
 */
public record ProcessorTime(long busyTicks, long allTicks, long ownTicks) {

    /** However busy the machine is with other work, so much of its processors is taken to be the test's. */
    private static final double LEAST_LEFT = 0.2;

    // In /proc/stat, behind the name: user, nice, system, idle, iowait, irq, softirq, steal; more is contained in these.
    private static final int IDLE = 4;
    private static final int WAITING_FOR_A_DISK = 5;
    private static final int KINDS = 8;
    // In /proc/PID/stat, behind the name: utime, stime, cutime, cstime.
    private static final int FIRST_OF_A_PROCESS = 11;
    private static final int LAST_OF_A_PROCESS = 14;

    public static ProcessorTime now() {
        try {
            String[] kinds = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
            ProcessHandle self = ProcessHandle.current();
            long own = Stream.concat(Stream.of(self), self.descendants()).mapToLong(ProcessorTime::ticksOf).sum();
            long idle = Long.parseLong(kinds[IDLE]) + Long.parseLong(kinds[WAITING_FOR_A_DISK]);
            long all = sum(kinds, 1, KINDS);
            return new ProcessorTime(all - idle, all, own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The share of all processors, from 0 to 1, that others have had since then. */
    public double othersShareSince(ProcessorTime before) {
        double others = busyTicks - before.busyTicks - (ownTicks - before.ownTicks);
        return Math.min(1, Math.max(0, others / Math.max(1, allTicks - before.allTicks)));
    }

    /**
     * The share of all processors, from 0.2 to 1, that others have left since then: nobody is held to what could be done in a
     * time with all of them.
     */
    public double leftSince(ProcessorTime before) {
        return Math.max(LEAST_LEFT, 1 - othersShareSince(before));
    }

    private static long ticksOf(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            // The name, in parentheses, may contain anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return sum(fields, FIRST_OF_A_PROCESS, LAST_OF_A_PROCESS);
        } catch (IOException e) {
            return 0; // It has ended meanwhile, and its parent has its ticks.
        }
    }

    private static long sum(String[] fields, int first, int last) {
        return Arrays.stream(fields, first, last + 1).mapToLong(Long::parseLong).sum();
    }
}
