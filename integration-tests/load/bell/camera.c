/*
 * Frames that come when a camera's do: each up to JITTER milliseconds early or late. Annex B, with parameter sets and a
 * keyframe a second. The frame's id is CLOCK_MONOTONIC at its commit.
 *
 *     ./camera REGION FPS BYTES JITTER_MS SECONDS
 */
#include "../../../docs/examples/producer.h"

#include <stdio.h>
#include <stdlib.h>

/* 1280 x 720, baseline, by x264. */
static const unsigned char SETS[] = {0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xd9, 0x00, 0x50, 0x05, 0xbb, 0x01, 0x10, 0x00,
                                     0, 3, 0, 0x10, 0, 0, 3, 0x03, 0xc0, 0xf1, 0x83, 0x24, 0x80, 0, 0, 0, 1, 0x68,
                                     0xcb, 0x83, 0xcb, 0x20};
static const unsigned char IDR[] = {0, 0, 0, 1, 0x65, 0x88};
static const unsigned char OTHER[] = {0, 0, 0, 1, 0x41, 0x9a};

static uint64_t now_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int main(int count, char **arguments) {
    if (count != 6) {
        fprintf(stderr, "usage: camera REGION FPS BYTES JITTER_MS SECONDS\n");
        return 2;
    }
    double fps = atof(arguments[2]);
    size_t bytes = (size_t)atol(arguments[3]);
    double jitter = atof(arguments[4]) * 1e6;
    uint64_t period = (uint64_t)(1e9 / fps);
    struct sdr_writer writer;
    if (bytes < 1024 || sdr_writer_open(&writer, arguments[1], SDR_REGION_BYTES, true) != 0) {
        perror("camera: region");
        return 1;
    }
    unsigned char *frame = malloc(bytes);
    if (frame == NULL) {
        return 1;
    }
    srand(1);
    for (size_t i = 0; i < bytes; i++) {
        frame[i] = (unsigned char)(1 + rand() % 255); /* no zeros: no start codes */
    }
    uint64_t start = now_nanos();
    uint64_t end = start + (uint64_t)(atof(arguments[5]) * 1e9);
    for (uint64_t i = 0; start + i * period < end; i++) {
        double early_or_late = (2.0 * rand() / RAND_MAX - 1) * jitter;
        uint64_t due = (uint64_t)((double)(start + (i + 1) * period) + early_or_late);
        struct timespec at = {(time_t)(due / 1000000000u), (long)(due % 1000000000u)};
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) != 0) {
        }
        int keyframe = i % (uint64_t)fps == 0;
        if (keyframe) {
            memcpy(frame, SETS, sizeof SETS);
            memcpy(frame + sizeof SETS, IDR, sizeof IDR);
        } else {
            memset(frame, 1, sizeof SETS + sizeof IDR);
            memcpy(frame, OTHER, sizeof OTHER);
        }
        if (sdr_writer_write(&writer, frame, bytes, now_nanos(), keyframe ? SDR_FLAG_KEYFRAME : 0, SDR_CODEC_H264) != 0) {
            perror("camera: frame");
            return 1;
        }
    }
    sdr_writer_close(&writer);
    free(frame);
    return 0;
}
