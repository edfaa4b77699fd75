/**
 * End-to-end tests of the packaged server, seen from outside: child processes, shared memory, sockets, a browser.
 * Nothing here uses a class of the server; what is expected is written down from its documented behaviour.
 *
 * <p>Everything: {@code mvn -Pe2e verify}. One test class, from the top of the repository:
 * {@code mvn verify -pl integration-tests -am -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=HttpIT}.
 * Output of every child process is kept in {@code target/it}.
 *
 * <p>{@code -Dsdr.nats.rounds=100} kills NATS as often.
 *
 * <p>A package for each thing that is tested: {@code reader} (writers in other languages, restarts, bells), {@code http},
 * {@code ws} (the protocol on the socket), {@code delivery} (who gets which frames and when), {@code nats}, {@code
 * metrics}, {@code player} (in a real browser), {@code process} (how it is started, told, and ended), {@code deploy}
 * (behind a proxy, and the files of docs/deploy) and {@code docs} (what the documents say, tried out). What they share
 * with the programs that measure ({@code integration-tests/load}) is in {@code integration-tests/support}.
 *
 * <p>Needed on the path: {@code ffmpeg}, {@code ffprobe}, {@code python3}, {@code nats-server}, {@code openssl}, and in
 * {@code /usr/bin} {@code chromium} and {@code chromedriver}; a system property {@code sdr.tool.NAME} names another
 * place. A missing tool fails the tests that need it.
 */
package io.sdros.it;
