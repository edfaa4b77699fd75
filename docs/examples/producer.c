/*
 * Feeds an Annex-B video stream from standard input into the server's shared-memory region, paced.
 *
 *     cc -std=c11 -O2 -o producer producer.c
 *     ffmpeg -i anything -pix_fmt yuv420p -c:v libx264 -profile:v baseline -tune zerolatency -g 30 -bf 0 -f h264 - | ./producer -r 30
 */
#include "producer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct options {
    const char *path;
    size_t region_bytes;
    size_t history_bytes;
    double fps;
    uint16_t codec;
    bool crc_enabled;
};

struct output {
    struct sdr_writer writer;
    uint16_t codec;
    double interval; /* seconds; 0 = as fast as the input comes */
    double due;
};

/* The access unit being collected: from its first start code to what has come so far. */
struct collector {
    unsigned char *bytes;
    size_t length, capacity, searched;
    bool has_slice, keyframe;
};

struct nal_kind {
    bool leads;       /* may only stand in front of a picture */
    bool slice;
    bool first_slice; /* of its picture */
    bool keyframe;
};

enum { START_CODE = 3, NAL_START = 6, CHUNK = 1 << 16 };

static double now_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_until_due(struct output *out) {
    double now = now_seconds();
    double wait = out->due - now;
    if (wait > 0) {
        struct timespec pause = {(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)};
        nanosleep(&pause, NULL);
    }
    /* Late frames are caught up with at twice the pace, never at once: frames in a burst would replace each other. */
    if (now - out->due > 1) {
        out->due = now; /* after a pause, go on from now */
    }
    out->due += out->interval;
    if (out->due < now + out->interval / 2) {
        out->due = now + out->interval / 2;
    }
}

static void commit(struct output *out, const unsigned char *unit, size_t size, bool keyframe) {
    if (out->interval > 0) {
        sleep_until_due(out);
    }
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t frame_id = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    uint16_t flags = keyframe ? SDR_FLAG_KEYFRAME : 0;
    if (sdr_writer_write(&out->writer, unit, size, frame_id, flags, out->codec) != 0) {
        fprintf(stderr, "refused a frame of %zu bytes: it does not fit; use a larger -s\n", size);
    }
}

static struct nal_kind classify(const unsigned char *nal, size_t length, uint16_t codec) {
    struct nal_kind kind = {0};
    if (codec == SDR_CODEC_HEVC) {
        int type = nal[0] >> 1 & 0x3F;
        kind.leads = (type >= 32 && type <= 35) || type == 39 || (type >= 41 && type <= 44)
                || (type >= 48 && type <= 55);
        kind.slice = type < 32;
        /* first_slice_segment_in_pic_flag is the first bit behind the two header bytes. */
        kind.first_slice = kind.slice && length > 2 && (nal[2] & 0x80) != 0;
        kind.keyframe = type >= 16 && type <= 21; /* BLA, IDR and CRA pictures */
    } else {
        int type = nal[0] & 0x1F;
        kind.leads = (type >= 6 && type <= 9) || (type >= 14 && type <= 18);
        kind.slice = type >= 1 && type <= 5;
        /* first_mb_in_slice is an Exp-Golomb number; 0 is the single bit 1. Partitions B, C (3, 4) have no such field. */
        kind.first_slice = (type == 1 || type == 2 || type == 5) && length > 1 && (nal[1] & 0x80) != 0;
        kind.keyframe = type == 5;
    }
    return kind;
}

/* Index of the next start code, or -1. */
static ptrdiff_t find_start_code(const struct collector *unit) {
    for (size_t i = unit->searched; i + START_CODE <= unit->length; i++) {
        if (unit->bytes[i] == 0 && unit->bytes[i + 1] == 0 && unit->bytes[i + 2] == 1) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

static void take(struct collector *unit, size_t size, struct output *out) {
    commit(out, unit->bytes, size, unit->keyframe);
    unit->length -= size;
    memmove(unit->bytes, unit->bytes + size, unit->length);
    unit->has_slice = unit->keyframe = false;
}

/* Commits what is complete. `needed`: how many bytes from a start code on must be there to tell what it begins. */
static void cut(struct collector *unit, size_t needed, struct output *out) {
    for (;;) {
        ptrdiff_t found = find_start_code(unit);
        if (found < 0) {
            size_t end = unit->length < START_CODE ? 0 : unit->length - START_CODE + 1;
            unit->searched = end > unit->searched ? end : unit->searched;
            return;
        }
        size_t at = (size_t)found;
        if (unit->length < at + needed) {
            unit->searched = at;
            return;
        }
        struct nal_kind kind = classify(unit->bytes + at + START_CODE, unit->length - at - START_CODE, out->codec);
        /* The zero byte of a four-byte start code belongs to the NAL unit that follows. */
        size_t start = at > 0 && unit->bytes[at - 1] == 0 ? at - 1 : at;
        if (unit->has_slice && (kind.leads || kind.first_slice)) {
            take(unit, start, out);
            at -= start;
        }
        unit->has_slice |= kind.slice;
        unit->keyframe |= kind.keyframe;
        unit->searched = at + START_CODE;
    }
}

static int feed(struct output *out) {
    struct collector unit = {0};
    ssize_t got;
    do {
        if (unit.capacity - unit.length < CHUNK) {
            unit.capacity = unit.capacity * 2 + CHUNK;
            unsigned char *larger = realloc(unit.bytes, unit.capacity);
            if (larger == NULL) {
                perror("memory");
                free(unit.bytes);
                return 1;
            }
            unit.bytes = larger;
        }
        got = read(STDIN_FILENO, unit.bytes + unit.length, CHUNK);
        unit.length += got > 0 ? (size_t)got : 0;
        /* At the end of the stream, a NAL unit may be as short as one byte. */
        cut(&unit, got > 0 ? NAL_START : START_CODE + 1, out);
    } while (got > 0);
    if (unit.has_slice) {
        take(&unit, unit.length, out);
    }
    free(unit.bytes);
    if (got < 0) {
        perror("standard input");
        return 1;
    }
    return 0;
}

static bool parse(int count, char **words, struct options *options) {
    int option;
    while ((option = getopt(count, words, "p:s:H:r:c:n")) != -1) {
        switch (option) {
        case 'p': options->path = optarg; break;
        case 's': options->region_bytes = strtoul(optarg, NULL, 10); break;
        case 'H': options->history_bytes = strtoul(optarg, NULL, 10); break;
        case 'r': options->fps = strtod(optarg, NULL); break;
        case 'c': options->codec = strcmp(optarg, "hevc") == 0 ? SDR_CODEC_HEVC : SDR_CODEC_H264; break;
        case 'n': options->crc_enabled = false; break;
        default: return false;
        }
    }
    return optind == count;
}

int main(int count, char **words) {
    struct options options = {"/dev/shm/sdr_os_ipc/frames", SDR_REGION_BYTES, SDR_HISTORY_BYTES, 30, SDR_CODEC_H264, true};
    if (!parse(count, words, &options)) {
        fprintf(stderr, "usage: %s [-p path] [-s slot bytes] [-H history bytes, a power of two, 0 = none] [-r frames per second, 0 = no pacing] [-c h264|hevc] "
                        "[-n (no CRC)] < stream\n", words[0]);
        return 2;
    }
    struct output out = {.codec = options.codec, .interval = options.fps > 0 ? 1 / options.fps : 0,
                         .due = now_seconds()};
    if (sdr_writer_open_history(&out.writer, options.path, options.region_bytes, options.history_bytes,
                                options.crc_enabled) != 0) {
        perror(options.path);
        return 1;
    }
    if (out.writer.history_error != 0) {
        fprintf(stderr, "no history, readers may miss frames: %s\n", strerror(out.writer.history_error));
    }
    if (out.writer.bell_error != 0) {
        fprintf(stderr, "no bell, readers will poll: %s\n", strerror(out.writer.bell_error));
    }
    int exit_code = feed(&out);
    fprintf(stderr, "frames written: %llu, refused: %llu\n", (unsigned long long)out.writer.frames,
            (unsigned long long)out.writer.refused);
    sdr_writer_close(&out.writer);
    return exit_code;
}
