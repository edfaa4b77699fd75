/*
 * Writes video frames into the server's shared-memory region. C11 or C++17, by GCC or Clang, and POSIX, nothing else;
 * one writer per region, used by one thread at a time.
 *
 *     struct sdr_writer writer;
 *     if (sdr_writer_open(&writer, "/dev/shm/sdr_os_ipc/frames", SDR_REGION_BYTES, true) != 0) { perror("region"); ... }
 *     if (sdr_writer_write(&writer, access_unit, bytes, frame_id, SDR_FLAG_KEYFRAME, SDR_CODEC_H264) != 0) {
 *         perror("frame"); // it does not fit; go on with the next one, which should be a keyframe
 *     }
 *     sdr_writer_close(&writer);
 *
 * Every function that can fail returns 0 for success, or -1 with errno set, as POSIX does.
 *
 * Include this file before any system header, or compile with -D_POSIX_C_SOURCE=200809L (or -std=gnu11).
 *
 * The region; all integers are little-endian:
 *
 *     byte    0        4        8        12       16
 *           0 +--------+--------+--------+--------+
 *             | commit sequence | write length    |   u64: frames committed, 0 = none; u64: header + payload in bytes
 *          16 +--------+--------+--------+--------+
 *             | frame_id        | frame_seq       |   u64: yours; u64: +1 per frame
 *          32 +--------+----+----+-------+--------+
 *             | size   |flag|codc| crc32 | 0      |   u32: payload bytes; u16; u16; u32: zlib's CRC-32; u32: reserved
 *          48 +--------+----+----+-------+--------+
 *             | payload ...
 *
 * Per frame, in this order: write length 0 (in progress), full fence, header, payload, write length, sequence.
 * A reader copies, then looks whether anything but the payload has changed meanwhile; the order makes that enough.
 * docs/protocol.md says why.
 *
 * Then the bell: one byte to every reader that is connected to the Unix socket PATH.bell, so that readers need not poll.
 * It never waits. Where there can be no such socket, writer.bell_error says why (an errno), and readers poll.
 */
#ifndef SDR_PRODUCER_H
#define SDR_PRODUCER_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the fields are stored as this machine holds them, and must be little-endian"
#endif

#if __GCC_ATOMIC_LLONG_LOCK_FREE != 2
#error "another process cannot see the lock that an atomic number would need"
#endif

#define SDR_REGION_BYTES ((size_t)4 * 1024 * 1024)
#define SDR_FLAG_KEYFRAME 0x0001
enum { SDR_CODEC_H264 = 1, SDR_CODEC_HEVC = 2, SDR_CODEC_JPEG = 3 };

struct sdr_frame_header {
    uint64_t frame_id;
    uint64_t frame_seq;
    uint32_t size;
    uint16_t flags;
    uint16_t codec;
    uint32_t crc32;
    uint32_t reserved;
};

/*
 * What stands before the payload. The fields lie at multiples of their sizes, so the compiler puts them where the table
 * says. The first two are stored by the compiler's atomic functions only, which C and C++ share.
 */
struct sdr_region {
    uint64_t sequence;
    uint64_t write_length;
    struct sdr_frame_header header;
};

static_assert(sizeof(struct sdr_frame_header) == 32, "the header has 32 bytes");
static_assert(offsetof(struct sdr_region, header) == 16, "the header starts at 16");
static_assert(sizeof(struct sdr_region) == 48, "the payload starts at 48");

enum { SDR_BELL_READERS = 16 };

struct sdr_bell {
    int listener; /* -1: there is no bell */
    int readers[SDR_BELL_READERS];
    bool full[SDR_BELL_READERS]; /* has not read what was sent */
    int count;
    struct stat own;
    struct sockaddr_un address;
};

struct sdr_writer {
    struct sdr_region *region;
    size_t region_bytes;
    uint64_t frames;  /* committed; the number of the last one */
    uint64_t refused; /* did not fit */
    bool crc_enabled;
    uint32_t crc_table[256];
    struct sdr_bell bell;
    int bell_error; /* why there is no bell; 0: there is one */
};

/* zlib's CRC-32: polynomial 0xEDB88320, reflected, all bits inverted before and after. */
static inline uint32_t sdr_crc32(const uint32_t table[256], const void *bytes, size_t length) {
    const unsigned char *at = (const unsigned char *)bytes;
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < length; i++) {
        crc = table[(crc ^ at[i]) & 0xFF] ^ (crc >> 8);
    }
    return ~crc;
}

static inline void sdr_crc32_table(uint32_t table[256]) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ ((crc & 1) ? 0xEDB88320u : 0);
        }
        table[i] = crc;
    }
}

/* Creates the folders that the path goes through. Errors show when the file is opened. */
static inline void sdr_make_folders(const char *path) {
    char folder[4096];
    size_t length = strlen(path);
    if (length >= sizeof folder) {
        return;
    }
    for (size_t i = 1; i < length; i++) {
        if (path[i] == '/') {
            memcpy(folder, path, i);
            folder[i] = '\0';
            (void)mkdir(folder, 0755);
        }
    }
}

static inline void sdr_bell_drop(struct sdr_bell *bell, int i) {
    (void)close(bell->readers[i]);
    bell->count--;
    bell->readers[i] = bell->readers[bell->count];
    bell->full[i] = bell->full[bell->count];
}

/* Takes the place of a socket that was left there; not of anything else. 0, or an errno. */
static inline int sdr_bell_open(struct sdr_bell *bell, const char *path) {
    const char suffix[] = ".bell";
    size_t length = strlen(path);
    struct stat old;
    memset(bell, 0, sizeof *bell);
    bell->listener = -1;
    if (length + sizeof suffix > sizeof bell->address.sun_path) {
        return ENAMETOOLONG;
    }
    bell->address.sun_family = AF_UNIX;
    memcpy(bell->address.sun_path, path, length);
    memcpy(bell->address.sun_path + length, suffix, sizeof suffix);
    if (lstat(bell->address.sun_path, &old) == 0 && S_ISSOCK(old.st_mode)) {
        (void)unlink(bell->address.sun_path);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
        return errno;
    }
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0
            || bind(fd, (const struct sockaddr *)&bell->address, sizeof bell->address) != 0
            || chmod(bell->address.sun_path, 0666) != 0 || lstat(bell->address.sun_path, &bell->own) != 0
            || listen(fd, SDR_BELL_READERS) != 0) {
        int failure = errno;
        (void)close(fd);
        return failure;
    }
    bell->listener = fd;
    return 0;
}

/* Lets in who has come. Who does not read what is sent gives way; without anybody like that there are 16 seats. */
static inline void sdr_bell_let_in(struct sdr_bell *bell) {
    for (int newcomers = 0; newcomers < 4; newcomers++) {
        int fd = accept(bell->listener, NULL, NULL);
        if (fd < 0) {
            return;
        }
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        for (int i = 0; bell->count == SDR_BELL_READERS && i < SDR_BELL_READERS; i++) {
            if (bell->full[i]) {
                sdr_bell_drop(bell, i);
            }
        }
        if (bell->count == SDR_BELL_READERS) {
            (void)close(fd);
        } else {
            bell->readers[bell->count] = fd;
            bell->full[bell->count] = false;
            bell->count++;
        }
    }
}

static inline void sdr_bell_ring(struct sdr_bell *bell) {
    if (bell->listener < 0) {
        return;
    }
    sdr_bell_let_in(bell);
    for (int i = bell->count - 1; i >= 0; i--) {
        const char stroke = 0;
        bell->full[i] = false;
        if (send(bell->readers[i], &stroke, 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK) {
                bell->full[i] = true;
            } else {
                sdr_bell_drop(bell, i);
            }
        }
    }
}

static inline void sdr_bell_close(struct sdr_bell *bell) {
    struct stat now;
    if (bell->listener < 0) {
        return;
    }
    while (bell->count > 0) {
        sdr_bell_drop(bell, bell->count - 1);
    }
    if (lstat(bell->address.sun_path, &now) == 0 && now.st_dev == bell->own.st_dev && now.st_ino == bell->own.st_ino) {
        (void)unlink(bell->address.sun_path);
    }
    (void)close(bell->listener);
    bell->listener = -1;
}

/* Creates or reuses the file and says that nothing is committed. 0, or -1 with errno set. */
static inline int sdr_writer_open(struct sdr_writer *writer, const char *path, size_t region_bytes, bool crc_enabled) {
    if (region_bytes < sizeof(struct sdr_region)) {
        errno = EINVAL;
        return -1;
    }
    sdr_make_folders(path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        return -1;
    }
    int failure = ftruncate(fd, (off_t)region_bytes) != 0 ? errno : 0;
    if (failure == 0) {
        /* Have the memory now: where it runs out later, a store into the mapping ends the process (SIGBUS). */
        failure = posix_fallocate(fd, 0, (off_t)region_bytes);
    }
    void *mapping = MAP_FAILED;
    if (failure == 0) {
        mapping = mmap(NULL, region_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        failure = mapping == MAP_FAILED ? errno : 0;
    }
    (void)close(fd);
    if (failure != 0) {
        errno = failure;
        return -1;
    }
    memset(writer, 0, sizeof *writer);
    writer->region = (struct sdr_region *)mapping;
    writer->region_bytes = region_bytes;
    writer->crc_enabled = crc_enabled;
    sdr_crc32_table(writer->crc_table);
    __atomic_store_n(&writer->region->sequence, (uint64_t)0, __ATOMIC_RELEASE);
    __atomic_store_n(&writer->region->write_length, (uint64_t)0, __ATOMIC_RELEASE);
    writer->bell_error = sdr_bell_open(&writer->bell, path);
    return 0;
}

static inline size_t sdr_writer_max_payload(const struct sdr_writer *writer) {
    size_t room = writer->region_bytes - sizeof(struct sdr_region);
    return room < UINT32_MAX ? room : UINT32_MAX;
}

/* Commits one frame. 0; or -1 and EMSGSIZE: it does not fit, nothing was stored, readers keep the last one. */
static inline int sdr_writer_write(struct sdr_writer *writer, const void *payload, size_t size, uint64_t frame_id,
                                   uint16_t flags, uint16_t codec) {
    if (size > sdr_writer_max_payload(writer)) {
        writer->refused++;
        errno = EMSGSIZE;
        return -1;
    }
    struct sdr_region *region = writer->region;
    struct sdr_frame_header header;
    header.frame_id = frame_id;
    header.frame_seq = writer->frames + 1;
    header.size = (uint32_t)size;
    header.flags = flags;
    header.codec = codec;
    header.crc32 = writer->crc_enabled ? sdr_crc32(writer->crc_table, payload, size) : 0;
    header.reserved = 0;
    __atomic_store_n(&region->write_length, (uint64_t)0, __ATOMIC_RELAXED);
    /* Nothing of the new frame is visible before the 0. Pairs with the acquire fence between a reader's two looks.
       Stronger than release: memcpy may use streaming stores, which x86 does not keep behind earlier stores. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    region->header = header;
    if (size > 0) {
        memcpy((unsigned char *)region + sizeof(struct sdr_region), payload, size);
    }
    /* Whoever sees this length sees the frame it belongs to. */
    __atomic_store_n(&region->write_length, (uint64_t)(sizeof header + size), __ATOMIC_RELEASE);
    /* Pairs with the acquire load that a reader begins with. */
    __atomic_store_n(&region->sequence, header.frame_seq, __ATOMIC_RELEASE);
    writer->frames = header.frame_seq;
    sdr_bell_ring(&writer->bell);
    return 0;
}

/* Leaves the file and its last frame in place; takes the bell away. */
static inline void sdr_writer_close(struct sdr_writer *writer) {
    if (writer->region != NULL) {
        sdr_bell_close(&writer->bell);
        (void)munmap(writer->region, writer->region_bytes);
        writer->region = NULL;
    }
}

#endif
