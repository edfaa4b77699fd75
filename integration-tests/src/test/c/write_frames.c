/*
 * Writes the frames that standard input lists through docs/examples/producer.h. C and C++ alike.
 *
 *     write_frames PATH REGION_BYTES on|off [HISTORY_BYTES]
 *
 * A line is a frame: frame_id, flags, codec, payload in hexadecimal (- for none), and its capture time or nothing. Without
 * HISTORY_BYTES there is no history. The answer is "written N" or "refused"; the first line of output is "ready".
 */
#include "producer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int digit(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

int main(int count, char **words) {
    struct sdr_writer writer;
    if (count < 4 || sdr_writer_open_history(&writer, words[1], strtoul(words[2], NULL, 10),
                                             count > 4 ? strtoul(words[4], NULL, 10) : 0, words[3][1] == 'n') != 0) {
        perror("write_frames");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, stdin) > 0) {
        uint64_t frame_id;
        unsigned flags, codec;
        int at = 0;
        if (sscanf(line, "%" SCNu64 " %u %u %n", &frame_id, &flags, &codec, &at) != 3) {
            fprintf(stderr, "not a frame: %s", line);
            return 1;
        }
        const char *hex = line + at;
        size_t size = hex[0] == '-' ? 0 : strcspn(hex, " \n") / 2;
        const char *space = strchr(hex, ' ');
        uint64_t capture_nanos = space != NULL ? strtoull(space, NULL, 10) : 0;
        unsigned char *payload = (unsigned char *)malloc(size + 1);
        if (payload == NULL) {
            return 1;
        }
        for (size_t i = 0; i < size; i++) {
            payload[i] = (unsigned char)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
        }
        if (sdr_writer_write_captured(&writer, payload, size, frame_id, (uint16_t)flags, (uint16_t)codec,
                                      capture_nanos) == 0) {
            printf("written %" PRIu64 "\n", writer.frames);
        } else {
            puts("refused");
        }
        fflush(stdout);
        free(payload);
    }
    free(line);
    sdr_writer_close(&writer);
    return 0;
}
