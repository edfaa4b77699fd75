package io.sdros.server;

import io.sdros.server.bus.MessageBus;
import io.sdros.server.bus.NatsBus;
import io.sdros.server.bus.NoBus;
import io.sdros.server.settings.Settings;
import io.sdros.server.settings.SettingsOutcome;
import io.sdros.server.settings.SettingsTexts;
import io.sdros.transport.undertow.ListenFailedException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the command line asks for. */
final class Launcher {
    static final int OK = 0;
    static final int CANNOT_START = 1;
    static final int WRONG_USAGE = 2;

    private static final int LAST_PORT = 65_535;
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(3);

    private static final Logger log = LoggerFactory.getLogger(Launcher.class);

    private final SettingsOutcome outcome;
    private final PrintStream out;
    private final PrintStream err;
    private final OrderlyStop stop;
    private final BuildInfo build = BuildInfo.load();

    Launcher(SettingsOutcome outcome, PrintStream out, PrintStream err, OrderlyStop stop) {
        this.outcome = outcome;
        this.out = out;
        this.err = err;
        this.stop = stop;
    }

    /** @return the exit code; 0 also when a server was started, whose threads go on */
    int run(List<String> arguments) {
        Optional<Command> command = Command.of(arguments);
        if (command.isEmpty()) {
            err.println("Unknown command \"" + String.join(" ", arguments) + "\": expected one of "
                    + Command.accepted() + ", " + DemoOptions.ACCEPTED);
            return WRONG_USAGE;
        }
        try {
            return run(command.get(), arguments.subList(Math.min(1, arguments.size()), arguments.size()));
        } catch (RuntimeException | Error e) {
            if (stop.begun()) {
                // Whatever it is, it comes of being stopped half-way, and the process is about to end.
                return OK;
            }
            // Threads that were started by then must not keep half a server alive.
            err.println("Cannot start: " + describe(e) + " (SDR_LOG_LEVEL=debug shows where)");
            log.debug("The start failed", e);
            return CANNOT_START;
        }
    }

    private int run(Command command, List<String> options) {
        return switch (command) {
            case HELP -> help();
            case VERSION -> version();
            case CHECK_CONFIG -> withSettings(this::checkConfig);
            case HEALTHCHECK -> withSettings(this::healthCheck);
            case SERVE -> withSettings(this::serve);
            case DEMO -> withSettings(settings -> demo(settings, DemoOptions.of(options).orElseThrow()));
        };
    }

    private int help() {
        out.println("Usage: java -jar server-app.jar [command]");
        out.println();
        for (Command command : Command.values()) {
            out.printf("  %-14s%s%n", command.word(), command.summary());
        }
        out.println();
        out.println("Settings are environment variables; unset or empty means the default.");
        out.println();
        out.print(new SettingsTexts().help());
        return OK;
    }

    private int version() {
        out.println("sdr-transport " + build.version() + " (Java " + Runtime.version() + ")");
        return OK;
    }

    private interface WithSettings {
        int run(Settings settings);
    }

    private int withSettings(WithSettings action) {
        outcome.problems().forEach(problem -> err.println(problem.line()));
        return outcome.settings().map(action::run).orElse(WRONG_USAGE);
    }

    private int checkConfig(Settings settings) {
        outcome.warnings().forEach(warning -> err.println("warning: " + warning));
        MemoryPlan.of(settings).shortage().ifPresent(shortage -> err.println("warning: " + shortage));
        outcome.effective().forEach(out::println);
        return OK;
    }

    private int healthCheck(Settings settings) {
        if (settings.listenAddress().getPort() == 0) {
            err.println("SDR_LISTEN_ADDR says port 0: nobody but the running server knows which port it got");
            return CANNOT_START;
        }
        HealthCheck check = new HealthCheck(settings, HEALTH_TIMEOUT);
        try {
            out.println(check.ask());
            return OK;
        } catch (IOException e) {
            err.println("No health at " + check.uri() + ": " + e.getMessage());
            return CANNOT_START;
        }
    }

    private int serve(Settings settings) {
        logSettings(settings);
        MessageBus bus = settings.natsUrl()
                .<MessageBus>map(servers -> new NatsBus(settings, servers))
                .orElseGet(NoBus::new);
        Server server = stop.building(() -> new Server(settings, bus, build), log);
        return start(settings, () -> {
            InetSocketAddress address = server.start();
            logKernel(TcpOfKernel.find());
            return address;
        }, server, false);
    }

    private int demo(Settings settings, DemoOptions options) {
        if (options.edge() && settings.listenAddress().getPort() == LAST_PORT) {
            err.println("demo --edge: the second server would listen on the port behind the first one's, and SDR_LISTEN_ADDR says "
                    + LAST_PORT + ", behind which there is none");
            return WRONG_USAGE;
        }
        // Whoever looks at a demo looks for its address.
        outcome.warnings().forEach(log::warn);
        outcome.effective().forEach(log::debug);
        Demo demo;
        try {
            demo = stop.building(() -> new Demo(settings, options, build), log);
        } catch (UncheckedIOException e) {
            err.println(e.getMessage());
            return CANNOT_START;
        }
        int exitCode = start(settings, demo::start, demo, true);
        demo.edgeAddress().ifPresent(address -> out.println("The same from a second server, which has it from the first through "
                + "nats-server: " + openableUrl(settings.tls().isPresent() ? "https" : "http", address)));
        return exitCode;
    }

    private void logSettings(Settings settings) {
        outcome.warnings().forEach(log::warn);
        MemoryPlan.of(settings).shortage().ifPresent(log::warn);
        outcome.effective().forEach(log::info);
    }

    private static void logKernel(TcpOfKernel tcp) {
        log.info(tcp.line());
        tcp.advice().ifPresent(log::warn);
    }

    /** What begins to serve and says where. */
    interface Start {
        InetSocketAddress run();
    }

    /** Whatever keeps it from starting, {@code running} is closed. */
    int start(Settings settings, Start start, AutoCloseable running, boolean invite) {
        InetSocketAddress address;
        try {
            // The host as it was asked for: a socket on 0.0.0.0 says of itself that it is on [::].
            address = new InetSocketAddress(settings.listenAddress().getAddress(), start.run().getPort());
        } catch (ListenFailedException e) {
            err.println(e.getMessage() + " (SDR_LISTEN_ADDR chooses another address)");
            OrderlyStop.close(running, log);
            return CANNOT_START;
        } catch (RuntimeException | Error e) {
            OrderlyStop.close(running, log);
            throw e;
        }
        stop.alsoCloses(WarmUp.inBackground());
        String scheme = settings.tls().isPresent() ? "https" : "http";
        if (invite) {
            out.println("The demo is running: open " + openableUrl(scheme, address) + " in a browser; Ctrl-C ends it.");
        }
        log.info("sdr-transport {} is listening on {}", build.version(), url(scheme, address));
        return OK;
    }

    /** The messages of a failure and of what caused it. */
    private static String describe(Throwable failure) {
        StringJoiner messages = new StringJoiner(": ");
        for (Throwable each = failure; each != null; each = each.getCause()) {
            messages.add(each.getMessage() == null ? each.getClass().getSimpleName() : each.getMessage());
        }
        return messages.toString();
    }

    private static String url(String scheme, InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return scheme + "://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort() + "/";
    }

    private static String openableUrl(String scheme, InetSocketAddress address) {
        InetAddress listened = address.getAddress();
        return listened.isAnyLocalAddress() ? scheme + "://localhost:" + address.getPort() + "/" : url(scheme, address);
    }
}
