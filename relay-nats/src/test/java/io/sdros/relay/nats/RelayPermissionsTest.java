package io.sdros.relay.nats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Who may publish and subscribe to what, as {@code docs/deploy/relay/accounts.conf} has it, each tried against a real server. */
@Tag("tools")
class RelayPermissionsTest {

    private static final Path ACCOUNTS = Path.of("..", "docs", "deploy", "relay", "accounts.conf").toAbsolutePath().normalize();
    private static final int TIMEOUT_MILLIS = 20_000;
    /** One of a list of permissions. */
    private static final Pattern ENTRY = Pattern.compile("\"[a-zA-Z0-9_.*>]+\"");

    /** Each of the first list may, none of the second. */
    private record Rule(String user, String password, String verb, List<String> may, List<String> mayNot) {
    }

    private static final List<Rule> RULES = List.of(
            new Rule("robot7", "secret7", "PUB",
                    List.of("sdr.v1.k.robot7", "sdr.v1.k.robot7.front", "sdr.v1.d.robot7", "sdr.v1.d.robot7.front", "sdr.v1.g.robot7",
                            "sdr.v1.g.robot7.front", "sdr.v1.info.robot7", "sdr.v1.info.robot7.front", "_INBOX.answer"),
                    List.of("sdr.v1.k.robot8", "sdr.v1.k.robot7x", "sdr.v1.d.robot8.front", "sdr.v1.g.robot8", "sdr.v1.info.robot8",
                            "sdr.v1.info.robot8.front", "sdr.v1.up.robot7", "sdr.v1.up.robot8", "telemetry.robot7.pose", "control.x",
                            "command.robot7.estop", "sdr.v1.k", "sdr.v2.k.robot7", "$SYS.x")),
            new Rule("robot7", "secret7", "SUB",
                    List.of("sdr.v1.up.robot7", "sdr.v1.up.robot7.front", "sdr.v1.info.robot7", "sdr.v1.info.robot7.front",
                            "_INBOX.origin.*"),
                    List.of("sdr.v1.up.robot8", "sdr.v1.up.>", "sdr.v1.info.robot8", "sdr.v1.info.>", "sdr.v1.k.robot7", "sdr.v1.k.>",
                            "sdr.v1.d.robot8", "sdr.v1.g.robot8", "_INBOX.answer", "_INBOX.*", "_INBOX.>", ">")),
            new Rule("edge1", "secret1", "PUB",
                    List.of("sdr.v1.up.robot7", "sdr.v1.up.robot8.front"),
                    List.of("sdr.v1.k.robot7", "sdr.v1.k.robot7.front", "sdr.v1.d.robot7", "sdr.v1.g.robot7", "sdr.v1.info.robot7",
                            "_INBOX.answer", "_INBOX.origin.1", "telemetry.robot7.pose", "control.x", "command.robot7.estop")),
            new Rule("edge1", "secret1", "SUB",
                    List.of("sdr.v1.k.robot7", "sdr.v1.k.robot8.front", "sdr.v1.d.robot7", "sdr.v1.g.robot7", "sdr.v1.info.>",
                            "_INBOX.answer"),
                    // Not _INBOX.>, which to a server is one token behind _INBOX, as _INBOX.* allows; nothing else is ever sent there.
                    List.of("sdr.v1.up.robot7", "sdr.v1.up.>", "_INBOX.origin.*", "_INBOX.*.*", "sdr.v1.>", ">")),
            new Rule("robot7-telemetry", "secret7", "PUB",
                    List.of("telemetry.robot7.pose", "_INBOX.answer"),
                    List.of("telemetry.robot8.pose", "control.robot7.idr", "command.robot7.estop", "sdr.v1.k.robot7", "sdr.v1.up.robot7")),
            new Rule("robot7-telemetry", "secret7", "SUB",
                    List.of("control.robot7.idr", "command.robot7.estop", "_INBOX.answer"),
                    List.of("telemetry.robot8.pose", "control.robot8.idr", "command.>", "sdr.v1.up.robot7", ">")),
            new Rule("edge1-telemetry", "secret1", "PUB",
                    List.of("control.robot7.idr", "command.robot7.estop", "_INBOX.answer"),
                    List.of("telemetry.robot7.pose", "sdr.v1.up.robot7", "sdr.v1.k.robot7")),
            new Rule("edge1-telemetry", "secret1", "SUB",
                    List.of("telemetry.>", "_INBOX.answer"),
                    List.of("control.robot7.idr", "command.robot7.estop", "sdr.v1.k.robot7", ">")));

    @TempDir
    private Path folder;

    /** Says it to the server as the protocol has it; the server denies what it does before it answers the ping behind it. */
    private static List<String> denied(NatsNode node, Rule rule) {
        List<String> all = new ArrayList<>(rule.may);
        all.addAll(rule.mayNot);
        StringBuilder said = new StringBuilder("CONNECT {\"verbose\":false,\"pedantic\":false,\"user\":\"" + rule.user + "\",\"pass\":\""
                + rule.password + "\"}\r\n");
        for (int i = 0; i < all.size(); i++) {
            said.append(rule.verb).append(' ').append(all.get(i)).append(rule.verb.equals("PUB") ? " 0\r\n\r\n" : " " + i + "\r\n");
        }
        said.append("PING\r\n");
        URI uri = URI.create(node.url());
        List<String> denied = new ArrayList<>();
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(said.toString().getBytes(StandardCharsets.US_ASCII));
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = in.readLine();
            while (line != null && !line.equals("PONG")) {
                if (line.startsWith("-ERR")) {
                    denied.add(line);
                }
                line = in.readLine();
            }
            assertThat(line).as("the answer behind " + denied).isEqualTo("PONG");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return denied;
    }

    /** What a server with these accounts does otherwise than the rules say. */
    private static List<String> differences(NatsNode node) {
        List<String> differences = new ArrayList<>();
        for (Rule rule : RULES) {
            List<String> denied = denied(node, rule);
            rule.may.stream().filter(subject -> denied.stream().anyMatch(line -> line.contains('"' + subject + '"')))
                    .forEach(subject -> differences.add(rule.user + " may not " + rule.verb + " " + subject));
            rule.mayNot.stream().filter(subject -> denied.stream().noneMatch(line -> line.contains('"' + subject + '"')))
                    .forEach(subject -> differences.add(rule.user + " may " + rule.verb + " " + subject));
        }
        return differences;
    }

    private NatsNode server(String accounts) {
        String passwords = "ROBOT7_PASSWORD: secret7\nEDGE1_PASSWORD: secret1\n";
        return NatsNode.running(folder, passwords + accounts);
    }

    @Test
    void everybodyMayDoWhatIsHisAndNothingElse() throws IOException {
        try (NatsNode node = server(Files.readString(ACCOUNTS))) {
            assertThat(differences(node)).isEmpty();
        }
    }

    /** With each of the permissions left out, and with each of them for everything: {@code -Dsdr.relay.permissions=each}. */
    @Test
    @EnabledIfSystemProperty(named = "sdr.relay.permissions", matches = "each")
    void eachOfThemIsNeededAndNoneIsTooMuch() throws IOException {
        String accounts = Files.readString(ACCOUNTS);
        Map<String, List<String>> unnoticed = new TreeMap<>();
        List<MatchResult> entries = ENTRY.matcher(accounts).results().toList();
        assertThat(entries).hasSizeGreaterThan(25);
        for (MatchResult entry : entries) {
            for (String instead : List.of("\"none.of.it\"", "\">\"")) {
                String changed = accounts.substring(0, entry.start()) + instead + accounts.substring(entry.end());
                try (NatsNode node = server(changed)) {
                    List<String> differences = differences(node);
                    if (differences.isEmpty()) {
                        unnoticed.put(entry.group() + " at " + entry.start() + " as " + instead, differences);
                    }
                }
            }
        }
        assertThat(unnoticed).isEmpty();
    }
}
