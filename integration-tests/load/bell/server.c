/*
 * The least that can be done for one viewer: one thread that waits for a frame, copies and checks it, and writes it to
 * a WebSocket. It waits for the bell, or looks every 50 microseconds.
 *
 *     ./server REGION PORT bell|poll
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { HEADER = 32, HEAD = 16, SLOT_BYTES = 4 << 20 };

static int wait_for_viewer(int port) {
    const char *answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"; /* of RFC 6455's example key */
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0) {
        perror("server: port");
        exit(1);
    }
    for (;;) {
        char request[4096];
        size_t got = 0;
        int viewer = accept(listener, NULL, NULL);
        while (got < sizeof request && memmem(request, got, "\r\n\r\n", 4) == NULL) {
            ssize_t n = read(viewer, request + got, sizeof request - got);
            if (n <= 0) {
                break;
            }
            got += (size_t)n;
        }
        if (memmem(request, got, "\r\n\r\n", 4) != NULL && write(viewer, answer, strlen(answer)) > 0) {
            setsockopt(viewer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            return viewer;
        }
        close(viewer); /* looked whether the port is open */
    }
}

static int connect_to_bell(const char *region) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s.bell", region);
    int bell = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(bell, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("server: bell");
        exit(1);
    }
    return bell;
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: server REGION PORT bell|poll\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int region = open(arguments[1], O_RDONLY);
    const uint8_t *slot = mmap(NULL, SLOT_BYTES, PROT_READ, MAP_SHARED, region, 0);
    uint8_t *out = malloc(SLOT_BYTES + 16);
    if (region < 0 || slot == MAP_FAILED || out == NULL) {
        perror("server: region");
        return 1;
    }
    int viewer = wait_for_viewer(atoi(arguments[2]));
    int bell = strcmp(arguments[3], "bell") == 0 ? connect_to_bell(arguments[1]) : -1;
    for (uint64_t last = 0;;) {
        uint64_t sequence = __atomic_load_n((const uint64_t *)slot, __ATOMIC_ACQUIRE);
        uint64_t length = __atomic_load_n((const uint64_t *)(slot + 8), __ATOMIC_ACQUIRE);
        if (sequence == last || length < HEADER || length > SLOT_BYTES - HEAD) {
            char strokes[64];
            struct timespec pause = {0, 50000};
            if (bell < 0) {
                nanosleep(&pause, NULL);
            } else if (read(bell, strokes, sizeof strokes) <= 0) {
                return 0; /* the producer has ended */
            }
            continue;
        }
        size_t start = 0, message = length + 1;
        uint32_t crc;
        out[start++] = 0x82; /* final, binary */
        if (message < 65536) {
            out[start++] = 126;
        } else {
            out[start++] = 127;
            memset(out + start, 0, 4);
            start += 4;
            out[start++] = (uint8_t)(message >> 24);
            out[start++] = (uint8_t)(message >> 16);
        }
        out[start++] = (uint8_t)(message >> 8);
        out[start++] = (uint8_t)message;
        out[start++] = 1; /* video */
        memcpy(out + start, slot + HEAD, length);
        /* Pairs with the producer's full fence behind the length 0: a copy that saw a newer frame sees its sequence. */
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        memcpy(&crc, out + start + 24, sizeof crc);
        if (__atomic_load_n((const uint64_t *)slot, __ATOMIC_ACQUIRE) != sequence
                || crc32(0, out + start + HEADER, (uInt)(length - HEADER)) != crc) {
            continue;
        }
        last = sequence;
        for (size_t sent = 0; sent < start + length;) {
            ssize_t n = write(viewer, out + sent, start + length - sent);
            if (n <= 0) {
                return 0; /* the viewer has left */
            }
            sent += (size_t)n;
        }
    }
}
