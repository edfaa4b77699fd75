package io.sdros.server.rate;

import io.sdros.server.rate.Link.LinkProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Prints what each way to find a rate makes of each link: the table in docs/benchmarks. Means of several seeds, greatest change. */
class RateComparisonTest {

    private static final int SECONDS = 40;

    @Test
    @EnabledIfSystemProperty(named = "rate.seeds", matches = "\\d+", disabledReason = "prints a table, for which it takes a minute")
    void table() {
        int seeds = Integer.getInteger("rate.seeds");
        Map<String, Supplier<CongestionControl>> tcp = new LinkedHashMap<>();
        tcp.put("BBR", Bbr::new);
        tcp.put("BBR that stops", () -> new Bbr(true));
        tcp.put("cubic", Cubic::new);
        System.out.println("| link | TCP | rate | p50 / p99 ms | stale s | fps | Mbit/s | change |\n|---|---|---|---|---|---|---|---|");
        for (LinkProfile link : List.of(Links.FAST, Links.JITTER, Links.LOSS, Links.BURSTS, Links.NARROW, Links.NARROW_DEEP,
                Links.STEP, Links.RAMP, Links.LTE)) {
            tcp.forEach((name, congestion) -> controls().forEach((control, supplier) -> {
                List<Figures> all = new ArrayList<>();
                for (int seed = 1; seed <= seeds; seed++) {
                    all.add(new Scenario(link, congestion, SECONDS).run(supplier.get(), 11L * seed).figures());
                }
                System.out.printf(Locale.ROOT, "| %s | %s | %s %s%n", link.name(), name, control, Figures.mean(all).line());
            }));
        }
    }

    private static Map<String, Supplier<RateControl>> controls() {
        Map<String, Supplier<RateControl>> all = new LinkedHashMap<>();
        all.put("none", Unadvised::new);
        all.put("prototype", () -> new Prototype(400 * Timeline.MILLI, true));
        all.put("prototype, 1 s", () -> new Prototype(Timeline.SECOND, false));
        all.put("SCReAM", Scream::new);
        all.put("GCC", Trendline::new);
        all.put("NADA", Nada::new);
        all.put("**server**", Shipped::new);
        return all;
    }
}
