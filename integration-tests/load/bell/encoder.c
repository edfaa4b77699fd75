/*
 * An encoder whose frames get lost: how long it takes from the commit of the frame behind a lost one until the request for
 * a keyframe has come through NATS. The next frame is the keyframe. One line on standard output: requests; p50, p99 and the
 * longest time in microseconds.
 *
 *     ./encoder REGION FPS BYTES NATS_PORT WARM_LOSSES LOSSES SECONDS_BETWEEN bell|silent
 */
#include "../../../docs/examples/producer.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

/* 1280 x 720, baseline, by x264. */
static const unsigned char SETS[] = {0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xd9, 0x00, 0x50, 0x05, 0xbb, 0x01, 0x10, 0x00,
                                     0, 3, 0, 0x10, 0, 0, 3, 0x03, 0xc0, 0xf1, 0x83, 0x24, 0x80, 0, 0, 0, 1, 0x68,
                                     0xcb, 0x83, 0xcb, 0x20};
static const unsigned char IDR[] = {0, 0, 0, 1, 0x65, 0x88};
static const unsigned char OTHER[] = {0, 0, 0, 1, 0x41, 0x9a};
static const char SUBSCRIPTION[] = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB control.request_idr 1\r\nPING\r\n";
static const char PONG[] = "PONG\r\n";

static uint64_t now_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int subscribe(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int nats = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(nats, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(nats, (struct sockaddr *)&address, sizeof address) != 0
            || write(nats, SUBSCRIPTION, sizeof SUBSCRIPTION - 1) != (ssize_t)sizeof SUBSCRIPTION - 1) {
        perror("encoder: NATS");
        exit(1);
    }
    return nats;
}

/* Takes what NATS has sent by then. Whether a request was among it, and when it came. */
static int asked_until(int nats, uint64_t until, uint64_t *came) {
    char text[8192];
    int asked = 0;
    for (;;) {
        uint64_t now = now_nanos();
        struct pollfd readable = {.fd = nats, .events = POLLIN};
        /* Rounded up: a frame late by less than a millisecond is of no matter here. */
        if (poll(&readable, 1, now >= until ? 0 : (int)((until - now + 999999) / 1000000)) <= 0) {
            return asked;
        }
        now = now_nanos();
        ssize_t got = read(nats, text, sizeof text - 1);
        if (got <= 0) {
            fprintf(stderr, "encoder: NATS has closed the connection\n");
            exit(1);
        }
        text[got] = '\0';
        if (strstr(text, "PING\r\n") != NULL && write(nats, PONG, sizeof PONG - 1) < 0) {
            perror("encoder: NATS");
            exit(1);
        }
        if (!asked && strstr(text, "\"reason\"") != NULL) {
            asked = 1;
            *came = now;
        }
    }
}

int main(int count, char **arguments) {
    if (count != 9) {
        fprintf(stderr, "usage: encoder REGION FPS BYTES NATS_PORT WARM_LOSSES LOSSES SECONDS_BETWEEN bell|silent\n");
        return 2;
    }
    uint64_t period = (uint64_t)(1e9 / atof(arguments[2]));
    size_t bytes = (size_t)atol(arguments[3]), taken = 0;
    int warm = atoi(arguments[5]), losses = atoi(arguments[6]);
    uint64_t between = (uint64_t)(atof(arguments[7]) * 1e9);
    struct sdr_writer writer;
    if (bytes < 1024 || losses < 1 || sdr_writer_open(&writer, arguments[1], SDR_REGION_BYTES, true) != 0) {
        perror("encoder: region");
        return 1;
    }
    if (strcmp(arguments[8], "silent") == 0) {
        sdr_bell_close(&writer.bell);
    }
    unsigned char *frame = malloc(bytes);
    uint64_t *delays = calloc((size_t)losses, sizeof *delays);
    if (frame == NULL || delays == NULL) {
        return 1;
    }
    memset(frame, 1, bytes);
    int nats = subscribe(atoi(arguments[4])), keyframe = 1;
    uint64_t due = now_nanos(), last_loss = due;
    for (int lost = 0; lost < warm + losses;) {
        uint64_t committed, came = 0;
        int loses = !keyframe && now_nanos() - last_loss >= between;
        memset(frame, 1, sizeof SETS + sizeof IDR);
        if (keyframe) {
            memcpy(frame, SETS, sizeof SETS);
            memcpy(frame + sizeof SETS, IDR, sizeof IDR);
        } else {
            memcpy(frame, OTHER, sizeof OTHER);
        }
        if (loses) {
            writer.frames++;
            lost++;
            last_loss = now_nanos();
        }
        committed = now_nanos();
        if (sdr_writer_write(&writer, frame, bytes, committed, keyframe ? SDR_FLAG_KEYFRAME : 0, SDR_CODEC_H264) != 0) {
            perror("encoder: frame");
            return 1;
        }
        due += period;
        keyframe = asked_until(nats, due, &came);
        if (loses && keyframe && lost > warm) {
            delays[taken++] = came - committed;
        }
        if (loses && !keyframe) {
            keyframe = 1; /* without an answer nobody would see anything any more */
        }
    }
    sdr_writer_close(&writer);
    if (taken == 0) {
        fprintf(stderr, "encoder: nobody asked\n");
        return 1;
    }
    qsort(delays, taken, sizeof *delays, ascending);
    printf("%zu %.0f %.0f %.0f\n", taken, (double)delays[(taken - 1) / 2] / 1e3,
           (double)delays[(taken - 1) * 99 / 100] / 1e3, (double)delays[taken - 1] / 1e3);
    return 0;
}
