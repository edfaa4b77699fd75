/*
 * Opens a region, of which the path is the argument, where a signal comes in the middle of each call that takes memory, as
 * with a program that has a timer. There are kernels whose call then ends with EINTR, having given back what it has taken.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

static int calls;

/* What takes long never gets through, the rest every other time. */
static int interrupted_fallocate(int fd, off_t at, off_t bytes) {
    calls++;
    return bytes > 1024 * 1024 || calls % 2 == 1 ? EINTR : posix_fallocate(fd, at, bytes);
}

#define posix_fallocate interrupted_fallocate
#include "producer.h"

int main(int count, char **words) {
    struct sdr_writer writer;
    if (count != 2 || sdr_writer_open(&writer, words[1], SDR_REGION_BYTES, true) != 0) {
        perror("open");
        return 1;
    }
    printf("history: %s\n", writer.history != NULL ? "all of it" : strerror(writer.history_error));
    sdr_writer_close(&writer);
    return 0;
}
