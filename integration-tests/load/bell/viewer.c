/*
 * One viewer: how long its frames took from commit to the last byte received, and what processor time the server took
 * for them. Two lines on standard output: frames, microseconds of processor time per frame; p50 and p99 in microseconds.
 *
 *     ./viewer PORT PATH WARM_SECONDS SECONDS SERVER_PID
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_FRAMES = 1 << 20, MOST_BYTES = 4 << 20 };

static uint64_t now_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* What the scheduler has given to all threads of a process; exact, where /proc/PID/stat counts hundredths. */
static double processor_micros(int pid) {
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) {
        fprintf(stderr, "viewer: process %d has ended\n", pid);
        exit(1);
    }
    return (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
}

static void read_fully(int from, uint8_t *to, size_t length) {
    while (length > 0) {
        ssize_t n = read(from, to, length);
        if (n <= 0) {
            fprintf(stderr, "viewer: the server has closed\n");
            exit(1);
        }
        to += n;
        length -= (size_t)n;
    }
}

static int ascending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static int join(int port, const char *path) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    char request[512];
    uint8_t answer[4096];
    size_t got = 0;
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            path, port);
    if (connect(server, (struct sockaddr *)&address, sizeof address) != 0 || write(server, request, (size_t)length) < 0) {
        perror("viewer: server");
        exit(1);
    }
    do {
        read_fully(server, answer + got, 1);
        got++;
    } while (got < sizeof answer && (got < 4 || memcmp(answer + got - 4, "\r\n\r\n", 4) != 0));
    return server;
}

int main(int count, char **arguments) {
    if (count != 6) {
        fprintf(stderr, "usage: viewer PORT PATH WARM_SECONDS SECONDS SERVER_PID\n");
        return 2;
    }
    int server = join(atoi(arguments[1]), arguments[2]), pid = atoi(arguments[5]);
    uint64_t *delays = malloc(MOST_FRAMES * sizeof *delays);
    uint8_t *message = malloc(MOST_BYTES);
    uint64_t begin = now_nanos() + (uint64_t)(atof(arguments[3]) * 1e9);
    uint64_t end = begin + (uint64_t)(atof(arguments[4]) * 1e9);
    double used = -1;
    size_t frames = 0;
    if (delays == NULL || message == NULL) {
        return 1;
    }
    for (;;) {
        uint8_t head[10];
        uint64_t length, id;
        read_fully(server, head, 2);
        length = head[1] & 127;
        size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
        read_fully(server, head + 2, more);
        if (more > 0) {
            length = 0;
            for (size_t i = 0; i < more; i++) {
                length = length << 8 | head[2 + i];
            }
        }
        if (length > MOST_BYTES) {
            fprintf(stderr, "viewer: a message of %lu bytes\n", (unsigned long)length);
            return 1;
        }
        read_fully(server, message, length);
        uint64_t now = now_nanos();
        if (used < 0 && now >= begin) {
            used = processor_micros(pid);
        }
        if (now >= end) {
            break;
        }
        if (now >= begin && (head[0] & 15) == 2 && length > 33 && message[0] == 1 && frames < MOST_FRAMES) {
            memcpy(&id, message + 1, sizeof id);
            delays[frames++] = now - id;
        }
    }
    used = processor_micros(pid) - used;
    if (frames == 0) {
        fprintf(stderr, "viewer: no frames\n");
        return 1;
    }
    qsort(delays, frames, sizeof *delays, ascending);
    printf("%zu %.1f %.0f %.0f\n", frames, used / (double)frames, (double)delays[(frames - 1) / 2] / 1e3,
           (double)delays[(frames - 1) * 99 / 100] / 1e3);
    return 0;
}
