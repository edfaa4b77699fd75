package io.sdros.server.settings;

import io.sdros.server.text.Json;
import io.sdros.server.text.Parsed;
import io.sdros.server.tls.TlsFiles;
import io.sdros.server.tls.TlsIdentity;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One pass over one environment. A wrong value is noted and its default goes on in its place, so that everything else is looked at too. */
final class EnvironmentReading {

    private static final String PREFIX = "SDR_";

    private final SettingDefinitions table;
    private final Map<String, String> environment;
    private final InstantSource clock;
    private final List<SettingProblem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> streamLines = new ArrayList<>();

    EnvironmentReading(SettingDefinitions table, Map<String, String> environment, InstantSource clock) {
        this.table = table;
        this.environment = environment;
        this.clock = clock;
    }

    /** In the order of the table, whatever the order they were found in. */
    List<SettingProblem> problems() {
        List<String> order = table.all().stream().flatMap(setting -> setting.names().stream()).toList();
        return problems.stream().sorted(Comparator.comparing(problem -> order.indexOf(problem.variable()))).toList();
    }

    List<String> warnings() {
        return warnings;
    }

    /** The settings as far as they are well formed; of use only if there are no problems afterwards. Called once. */
    Settings settings() {
        warnOfUnknown();
        StreamSettings template = template();
        Optional<List<StreamEntry>> named = read(table.streams);
        RelaySettings relay = relay();
        int streams = named.map(entries -> streamCount(entries, relay)).orElse(1);
        StreamShares shares = new StreamShares(streams, Runtime.getRuntime().maxMemory());
        rejectRelayWithoutNats(named.orElse(List.of()), relay);
        List<StreamSettings> all = streams(named, template, shares);
        return new Settings(
            all,
            named.flatMap(entries -> anyStream(entries, template, shares)),
            relay,
            read(table.natsUrl),
            read(table.listenAddr),
            read(table.telemetryMaxSize),
            read(table.socketSendBuffer),
            read(table.stallTimeout),
            read(table.window),
            read(table.maxClients),
            read(table.maxClientsPerAddress),
            read(table.trustedProxies),
            read(table.allowedOrigins),
            read(table.allowedHosts),
            read(table.embedAncestors),
            readToken(),
            readTls(),
            read(table.natsCredsFile),
            read(table.natsCaFile),
            read(table.telemetryCacheSubjects),
            read(table.telemetryCacheExclude),
            read(table.ioThreads),
            read(table.logLevel),
            publish(all, relay));
    }

    private Optional<PublishSettings> publish(List<StreamSettings> streams, RelaySettings relay) {
        Optional<List<String>> chosen = read(table.relayPublish);
        List<String> own = streams.stream().filter(stream -> !stream.relayed()).map(StreamSettings::name).toList();
        PublishSettings publish = new PublishSettings(
            chosen.filter(names -> !names.contains(PublishedNames.ALL)).orElse(own),
            read(table.relayPriority),
            read(table.relayWindow),
            read(table.relayChunkBytes));
        if (chosen.isEmpty()) {
            return Optional.empty();
        }
        publish.streams().stream().filter(name -> !own.contains(name)).findFirst()
            .ifPresent(name -> report(table.relayPublish, Json.quote(name) + " is no stream from a region of this machine"));
        if (relay.natsUrl().isEmpty()) {
            report(table.relayPublish, "it needs a NATS server, and "
                + (isSet(table.relayNatsUrl) ? table.relayNatsUrl : table.natsUrl).variable() + " is none");
        }
        return Optional.of(publish);
    }

    private RelaySettings relay() {
        return new RelaySettings(
            isSet(table.relayNatsUrl) ? read(table.relayNatsUrl) : read(table.natsUrl),
            read(table.relayNatsCredsFile).or(() -> read(table.natsCredsFile)),
            read(table.relayNatsCaFile).or(() -> read(table.natsCaFile)),
            read(table.relayPrefix),
            read(table.relayLinger),
            read(table.relayMaxLag),
            read(table.relayMaxStreams));
    }

    private static int streamCount(List<StreamEntry> entries, RelaySettings relay) {
        return entries.stream().mapToInt(entry -> entry.any() ? relay.maxStreams() : 1).sum();
    }

    private void rejectRelayWithoutNats(List<StreamEntry> entries, RelaySettings relay) {
        entries.stream().filter(entry -> entry.region().isEmpty()).findFirst().filter(entry -> relay.natsUrl().isEmpty())
            .ifPresent(entry -> report(table.streams, entry.name() + "=nats: needs a NATS server, and "
                + (isSet(table.relayNatsUrl) ? table.relayNatsUrl : table.natsUrl).variable() + " is none"));
    }

    private List<StreamSettings> streams(Optional<List<StreamEntry>> named, StreamSettings template, StreamShares shares) {
        if (named.isEmpty()) {
            return List.of(template);
        }
        if (isSet(table.shmPath)) {
            warnings.add(table.shmPath.variable() + " is not used: SDR_STREAMS says where the frames are");
        }
        List<StreamSettings> streams = named.get().stream().filter(entry -> !entry.any()).map(entry -> stream(entry, template, shares))
            .toList();
        streams.forEach(stream -> streamLines.add("SDR_STREAMS " + stream.name() + ": " + describe(stream)));
        return streams;
    }

    private Optional<StreamSettings> anyStream(List<StreamEntry> entries, StreamSettings template, StreamShares shares) {
        Optional<StreamSettings> any = entries.stream().filter(StreamEntry::any).findFirst().map(entry -> stream(entry, template, shares));
        any.ifPresent(stream -> streamLines.add("SDR_STREAMS " + stream.name() + ": " + describe(stream)));
        return any;
    }

    private StreamSettings stream(StreamEntry entry, StreamSettings template, StreamShares shares) {
        return new StreamSettings(
            entry.name(),
            true,
            entry.title().orElse(entry.name()),
            entry.region().isEmpty(),
            entry.region().orElse(template.shmPath()),
            entry.sizeBytes().orElse(template.shmSizeBytes()),
            template.broadcastCapacity(),
            template.crcEnabled(),
            template.idrCoalesce(),
            template.idrTimeout(),
            entry.idrSubjects().orElse(template.idrSubjects()),
            entry.telemetrySubjects().orElse(template.telemetrySubjects()),
            new RateSettings(entry.rateSubjects().orElse(template.rate().subjects()), template.rate().policy()),
            entry.keyframeGating().orElse(template.keyframeGating()),
            template.parameterSets(),
            template.lowDelaySps(),
            template.pollMode(),
            template.maxLatency(),
            shares.gopCacheBytes(template.gopCacheBytes(), isSet(table.gopCacheBytes)),
            shares.queueBytes(template.queueBytes(), SettingDefinitions.LEAST_QUEUE_BYTES),
            template.readyMaxAge(),
            entry.region().isEmpty() ? Optional.of(read(table.relayLinger)) : template.idleRead());
    }

    private static String describe(StreamSettings stream) {
        String source = stream.relayed() ? "from the relay, title " + stream.title()
            : stream.shmPath() + ", title " + stream.title() + ", size " + stream.shmSizeBytes() + ", idr "
            + String.join(",", stream.idrSubjects()) + ", rate " + String.join(",", stream.rate().subjects());
        return Json.escape(source + ", telemetry " + String.join(",", stream.telemetrySubjects()) + ", gating " + stream.keyframeGating()
            + ", queues " + stream.queueBytes() + " bytes, kept for who joins "
            + stream.gopCacheBytes() + " bytes");
    }

    /** The stream there is when none is named; what is not said of a named one is as here. */
    private StreamSettings template() {
        return new StreamSettings(
            StreamSettings.DEFAULT_NAME,
            false,
            StreamSettings.DEFAULT_NAME,
            false,
            read(table.shmPath),
            read(table.shmSize),
            read(table.broadcastCapacity),
            read(table.crcEnabled),
            read(table.idrCoalesce),
            read(table.idrTimeout),
            read(table.idrSubjects),
            read(table.telemetrySubjects),
            new RateSettings(read(table.rateSubjects), read(table.ratePolicy)),
            read(table.keyframeGating),
            read(table.parameterSets),
            read(table.lowDelaySps),
            read(table.pollMode),
            read(table.maxLatency),
            read(table.gopCacheBytes),
            read(table.queueBytes),
            read(table.readyMaxAge),
            read(table.idleRead));
    }

    /** A line per setting with the value in force, and one per named stream behind them. */
    List<String> effective() {
        List<String> lines = new ArrayList<>();
        for (Setting<?> setting : table.all()) {
            String standard = setting.defaultValue().isEmpty() ? setting.defaultLabel() : setting.defaultValue();
            String value = isSet(setting) ? setting.shown(text(setting)) : standard + " (default)";
            String name = usedName(setting);
            lines.add(setting.variable() + "=" + value + (name.equals(setting.variable()) ? "" : " (set as " + name + ")"));
        }
        lines.addAll(streamLines);
        return lines;
    }

    private <T> T read(Setting<T> setting) {
        if (!isSet(setting)) {
            return setting.valueByDefault();
        }
        Parsed<T> parsed = setting.type().parse(text(setting));
        if (parsed.isRejected()) {
            report(setting, parsed.detail());
        }
        rejectContradiction(setting, parsed);
        return parsed.value().orElseGet(setting::valueByDefault);
    }

    /** Two names with two meanings: whichever was taken, the other's author would be wrong about it. */
    private <T> void rejectContradiction(Setting<T> setting, Parsed<T> parsed) {
        String other = valueOf(setting.otherName());
        if (valueOf(setting.variable()).isEmpty() || other.isEmpty()) {
            return;
        }
        Parsed<T> otherParsed = setting.type().parse(other);
        if (otherParsed.isRejected() || !otherParsed.value().equals(parsed.value())) {
            report(setting, setting.otherName() + "=\"" + setting.shown(other) + "\" is another name of it and says otherwise; set one of the two");
        }
    }

    private Optional<Secret> readToken() {
        Optional<Secret> token = read(table.authToken);
        Optional<Secret> fromFile = read(table.authTokenFile);
        if (isSet(table.authToken) && isSet(table.authTokenFile)) {
            report(table.authTokenFile, "SDR_AUTH_TOKEN is set too; only one of the two may be");
        }
        return token.or(() -> fromFile);
    }

    private Optional<TlsFiles> readTls() {
        Optional<Path> certificate = read(table.tlsCertFile);
        Optional<Path> privateKey = read(table.tlsKeyFile);
        Optional<TlsFiles> files = certificate.flatMap(cert -> privateKey.map(key -> new TlsFiles(cert, key)));
        if (isSet(table.tlsCertFile) != isSet(table.tlsKeyFile)) {
            Setting<?> missing = isSet(table.tlsCertFile) ? table.tlsKeyFile : table.tlsCertFile;
            Setting<?> present = isSet(table.tlsCertFile) ? table.tlsCertFile : table.tlsKeyFile;
            report(missing, present.variable() + " is set; both or none must be");
        }
        files.map(TlsIdentity::load).ifPresent(identity -> {
            if (identity.isRejected()) {
                report(table.tlsKeyFile, identity.detail());
            }
            identity.value().ifPresent(this::warnOfDates);
        });
        return files;
    }

    private void warnOfDates(TlsIdentity identity) {
        X509Certificate own = identity.chain().get(0);
        Instant now = clock.instant();
        if (now.isAfter(own.getNotAfter().toInstant())) {
            warnings.add(table.tlsCertFile.variable() + ": the certificate expired on " + own.getNotAfter().toInstant());
        } else if (now.isBefore(own.getNotBefore().toInstant())) {
            warnings.add(table.tlsCertFile.variable() + ": the certificate is not valid before " + own.getNotBefore().toInstant());
        }
    }

    private void warnOfUnknown() {
        List<String> known = table.all().stream().flatMap(setting -> setting.names().stream()).toList();
        for (String variable : new TreeMap<>(environment).keySet()) {
            if (variable.startsWith(PREFIX) && !known.contains(variable)) {
                // Without its value: it may be a token under a mistyped name.
                String hint = NearestName.of(variable, known).map(near -> "; did you mean " + near + "?").orElse("");
                warnings.add(Json.escape(variable) + " is no setting of this server" + hint);
            }
        }
    }

    /** One line per variable: what was found first stands. */
    private void report(Setting<?> setting, String detail) {
        boolean reported = problems.stream().anyMatch(problem -> setting.names().contains(problem.variable()));
        if (!reported) {
            problems.add(SettingProblem.of(setting, usedName(setting), text(setting), detail));
        }
    }

    private boolean isSet(Setting<?> setting) {
        return !text(setting).isEmpty();
    }

    private String text(Setting<?> setting) {
        return valueOf(usedName(setting));
    }

    /** The name the value in force was given by; its own if none was. */
    private String usedName(Setting<?> setting) {
        return setting.names().stream().filter(name -> !valueOf(name).isEmpty()).findFirst().orElse(setting.variable());
    }

    private String valueOf(String variable) {
        return environment.getOrDefault(variable, "").strip();
    }
}
