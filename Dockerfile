# syntax=docker/dockerfile:1
# The server on a Java 25 run time of its own. docs/operations.md says how to run it and what it costs.
#   docker build -t sdr-transport .

FROM docker.io/library/eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN ./mvnw -B -ntp -q -DskipTests package
# Only the modules the jar needs, without their line numbers, man pages and headers.
RUN jlink --output /opt/jre --strip-java-debug-attributes --no-man-pages --no-header-files --compress=zip-0 \
      --add-modules java.base,java.logging,java.management,java.naming,java.security.jgss,java.security.sasl,jdk.management,jdk.unsupported

FROM docker.io/library/debian:12-slim AS runtime
# Or names of files could be ASCII only.
ENV LANG=C.UTF-8
COPY --from=build /opt/jre /opt/jre
COPY --from=build /src/server-app/target/server-app.jar /opt/sdr/server-app.jar
COPY docs/deploy/jvm.options /opt/sdr/jvm.options
# What the JVM has loaded and linked by the time it serves, kept for every later start. It is made by this very JVM, with
# these very options, from a run of the demo that is asked once; a JVM that cannot use it starts without it, only later.
RUN set -eu; cd /opt/sdr; \
    SDR_LISTEN_ADDR=127.0.0.1:8080 SDR_NATS_URL=nats://127.0.0.1:1 /opt/jre/bin/java @jvm.options \
      -XX:AOTCacheOutput=/opt/sdr/server.aot -jar /opt/sdr/server-app.jar demo & server=$!; \
    until SDR_LISTEN_ADDR=127.0.0.1:8080 /opt/jre/bin/java @/opt/sdr/jvm.options -jar /opt/sdr/server-app.jar healthcheck; do \
      kill -0 "$server"; sleep 1; done; \
    kill -TERM "$server"; wait "$server"; test -s /opt/sdr/server.aot

# A number, so that an orchestrator can see that it is not root. The region must be readable for it.
USER 65532:65532
WORKDIR /opt/sdr
ENV SDR_LISTEN_ADDR=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
# A JVM of its own for each check, some tenths of a second of one processor, so not too often.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s --retries=3 \
  CMD ["/opt/jre/bin/java", "@/opt/sdr/jvm.options", "-XX:AOTCache=/opt/sdr/server.aot", "-XX:TieredStopAtLevel=1", "-jar", "/opt/sdr/server-app.jar", "healthcheck"]
ENTRYPOINT ["/opt/jre/bin/java", "@/opt/sdr/jvm.options", "-XX:AOTCache=/opt/sdr/server.aot", "-jar", "/opt/sdr/server-app.jar"]
