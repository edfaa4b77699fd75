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
 * Behind the slot lies the history: the last frames, each written there first, for readers that were not run in time.
 * A writer has one of SDR_HISTORY_BYTES unless it is opened by sdr_writer_open_history, which takes its size, a power of
 * two from 64 KiB to 1 GiB, or 0 for none. Its layout is in docs/protocol.md. Where there is no room for it,
 * writer.history_error says why (an errno), and readers have the slot. sdr_writer_write_captured says when the picture
 * was taken, too.
 *
 * The file is mapped: if somebody makes it shorter while it is written, the next store ends the process with SIGBUS, and
 * whatever has started the process is to start it again. A file that is removed or replaced does no harm.
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
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the fields are stored as this machine holds them, and must be little-endian"
#endif

#if __GCC_ATOMIC_LLONG_LOCK_FREE != 2
#error "another process cannot see the lock that an atomic number would need"
#endif

#define SDR_REGION_BYTES ((size_t)4 * 1024 * 1024)
#define SDR_HISTORY_BYTES ((size_t)8 * 1024 * 1024)
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

/*
 * The history: a ring of records at a multiple of 4096 behind the slot, then this, which fills the file's last 4096
 * bytes. A position counts the bytes of all records since the start; its place in the ring is the position modulo the
 * ring's size. Fields that are stored with every frame have a cache line each.
 */
struct sdr_history {
    uint64_t magic; /* the bytes SDRHIST1 */
    uint32_t version;
    uint32_t reserved;
    uint64_t slot_bytes;
    uint64_t ring_offset;
    uint64_t ring_bytes;
    uint64_t epoch; /* random, not 0 */
    uint64_t unused_before_tail_intent[2];
    uint64_t tail_intent; /* position up to which records may be in the middle of being overwritten */
    uint64_t unused_before_tail[7];
    uint64_t tail; /* position behind the last record */
    uint64_t unused_before_latest[7];
    uint64_t latest; /* position of the last record */
    uint64_t unused_before_latest_keyframe[7];
    uint64_t latest_keyframe; /* position of the last record that is a keyframe */
    uint64_t unused[479];
};

struct sdr_record {
    uint32_t length; /* of the whole record, a multiple of 64 */
    uint32_t type;
    uint64_t sequence; /* what the slot gets */
    uint64_t capture_nanos;
    uint64_t commit_nanos;
    struct sdr_frame_header header; /* and the payload behind it */
};

static_assert(sizeof(struct sdr_history) == 4096, "the descriptor is one page");
static_assert(offsetof(struct sdr_history, epoch) == 40, "the epoch is at 40");
static_assert(offsetof(struct sdr_history, tail_intent) == 64, "the tail intent is at 64");
static_assert(offsetof(struct sdr_history, tail) == 128, "the tail is at 128");
static_assert(offsetof(struct sdr_history, latest) == 192, "the latest is at 192");
static_assert(offsetof(struct sdr_history, latest_keyframe) == 256, "the latest keyframe is at 256");
static_assert(sizeof(struct sdr_record) == 64, "the payload starts at 64");

#define SDR_HISTORY_MAGIC UINT64_C(0x3154534948524453)
#define SDR_HISTORY_NONE UINT64_MAX
enum { SDR_RECORD_PADDING = 0, SDR_RECORD_FRAME = 1, SDR_RECORD_ALIGNMENT = 64 };

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
    size_t region_bytes; /* of the slot */
    size_t file_bytes;   /* mapped: with the history */
    struct sdr_history *history; /* NULL: none */
    unsigned char *ring;
    uint64_t ring_bytes;
    uint64_t position; /* behind the last record */
    int history_error; /* why there is no history though one was wanted; 0: there is one, or none was wanted */
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

static inline uint64_t sdr_history_epoch(void) {
    uint64_t epoch = 0;
    struct timespec now;
    while (epoch == 0 && getrandom(&epoch, sizeof epoch, 0) == (ssize_t)sizeof epoch) {
    }
    if (epoch == 0) { /* a kernel that has no random numbers; the time is another one at every start, too */
        (void)clock_gettime(CLOCK_REALTIME, &now);
        epoch = (uint64_t)now.tv_sec << 32 | (uint64_t)now.tv_nsec << 1 | 1;
    }
    return epoch;
}

/* An empty history behind a slot of that size. */
static inline struct sdr_history sdr_history_empty(size_t slot_bytes, size_t ring_bytes) {
    struct sdr_history history;
    memset(&history, 0, sizeof history);
    history.magic = SDR_HISTORY_MAGIC;
    history.version = 1;
    history.slot_bytes = slot_bytes;
    history.ring_offset = (slot_bytes + 4095) / 4096 * 4096;
    history.ring_bytes = ring_bytes;
    history.epoch = sdr_history_epoch();
    history.latest = SDR_HISTORY_NONE;
    history.latest_keyframe = SDR_HISTORY_NONE;
    return history;
}

/* Whether the file has a history of just this layout, which may then be begun anew. */
static inline bool sdr_history_lies_in(int fd, const struct sdr_history *wanted) {
    struct sdr_history found;
    struct stat file;
    off_t at = (off_t)(wanted->ring_offset + wanted->ring_bytes);
    return fstat(fd, &file) == 0 && file.st_size == at + (off_t)sizeof found
            && pread(fd, &found, sizeof found, at) == (ssize_t)sizeof found
            && memcmp(&found, wanted, offsetof(struct sdr_history, epoch)) == 0;
}

/* Says that there is no record, in a history that an earlier writer has left. */
static inline void sdr_history_begin_anew(struct sdr_history *history) {
    __atomic_store_n(&history->magic, (uint64_t)0, __ATOMIC_RELAXED);
    /* Nothing below is seen beside the old magic and epoch. Pairs with the acquire fence between a reader's copy and its
       second look at the descriptor. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&history->epoch, sdr_history_epoch(), __ATOMIC_RELAXED);
    __atomic_store_n(&history->tail_intent, (uint64_t)0, __ATOMIC_RELAXED);
    __atomic_store_n(&history->tail, (uint64_t)0, __ATOMIC_RELAXED);
    __atomic_store_n(&history->latest, SDR_HISTORY_NONE, __ATOMIC_RELAXED);
    __atomic_store_n(&history->latest_keyframe, SDR_HISTORY_NONE, __ATOMIC_RELAXED);
    /* Who sees the magic sees the rest. Pairs with the acquire fence behind a reader's first look at the descriptor. */
    __atomic_store_n(&history->magic, SDR_HISTORY_MAGIC, __ATOMIC_RELEASE);
}

/* Commits a record; none for a frame that takes more than a quarter of the ring. */
static inline void sdr_history_append(struct sdr_writer *writer, const struct sdr_frame_header *header,
                                      const void *payload, uint64_t capture_nanos) {
    struct sdr_history *history = writer->history;
    struct timespec now;
    struct sdr_record record;
    uint64_t length = ((uint64_t)sizeof record + header->size + SDR_RECORD_ALIGNMENT - 1)
            / SDR_RECORD_ALIGNMENT * SDR_RECORD_ALIGNMENT;
    uint64_t place = writer->position & (writer->ring_bytes - 1);
    uint64_t left = writer->ring_bytes - place;
    uint64_t start = length <= left ? writer->position : writer->position + left;
    if (length > writer->ring_bytes / 4) {
        return;
    }
    __atomic_store_n(&history->tail_intent, start + length, __ATOMIC_RELAXED);
    /* No byte of an older record is overwritten before the intent can be seen. Pairs with the acquire fence between a
       reader's copy and its second look at the intent. Stronger than release for memcpy's streaming stores, as below. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (start != writer->position) {
        const uint32_t padding[2] = {(uint32_t)left, SDR_RECORD_PADDING};
        memcpy(writer->ring + place, padding, sizeof padding);
        place = 0;
    }
    if (header->size > 0) {
        memcpy(writer->ring + place + sizeof record, payload, header->size);
    }
    record.length = (uint32_t)length;
    record.type = SDR_RECORD_FRAME;
    record.sequence = header->frame_seq;
    record.capture_nanos = capture_nanos;
    record.header = *header;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* last, so that the commit time is that of the commit */
    record.commit_nanos = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    memcpy(writer->ring + place, &record, sizeof record);
    __atomic_store_n(&history->latest, start, __ATOMIC_RELAXED);
    if ((header->flags & SDR_FLAG_KEYFRAME) != 0 || header->codec == SDR_CODEC_JPEG) {
        __atomic_store_n(&history->latest_keyframe, start, __ATOMIC_RELAXED);
    }
    /* Who sees the tail sees the record before it. Pairs with the acquire fence behind a reader's first look at the
       descriptor. A full fence for the streaming stores. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&history->tail, start + length, __ATOMIC_RELEASE);
    writer->position = start + length;
}

/* Takes the file's memory. A piece at a time, so that a program with a timer's signals gets on between them: a call that
   one interrupts gives back what it has taken. 0, or an errno. */
static inline int sdr_allocate(int fd, off_t bytes) {
    const off_t piece = 256 * 1024;
    for (off_t at = 0; at < bytes; at += piece) {
        int failure;
        do {
            failure = posix_fallocate(fd, at, bytes - at < piece ? bytes - at : piece);
        } while (failure == EINTR);
        if (failure != 0) {
            return failure;
        }
    }
    return 0;
}

/* Gives the file its size, and its memory: where it runs out later, a store into the mapping ends the process (SIGBUS).
   0, or an errno. */
static inline int sdr_writer_size_file(struct sdr_writer *writer, int fd, size_t history_bytes, bool *reused) {
    struct sdr_history empty = sdr_history_empty(writer->region_bytes, history_bytes);
    off_t at = (off_t)(empty.ring_offset + empty.ring_bytes);
    int failure = 0;
    *reused = false;
    writer->file_bytes = writer->region_bytes;
    if (history_bytes > 0) {
        *reused = sdr_history_lies_in(fd, &empty);
        if (!*reused && ftruncate(fd, (off_t)writer->region_bytes) != 0) {
            return errno;
        }
        /* One call, after which the file is longer and has its descriptor: no reader finds one without the other. */
        if (!*reused && pwrite(fd, &empty, sizeof empty, at) != (ssize_t)sizeof empty) {
            failure = errno;
        } else {
            failure = sdr_allocate(fd, at + (off_t)sizeof empty);
        }
        if (failure == 0) {
            writer->file_bytes = (size_t)at + sizeof empty;
            return 0;
        }
        writer->history_error = failure;
        *reused = false;
    }
    if (ftruncate(fd, (off_t)writer->region_bytes) != 0) {
        return errno;
    }
    return sdr_allocate(fd, (off_t)writer->region_bytes);
}

/* Creates or reuses the file and says that nothing is committed. 0, or -1 with errno set. */
static inline int sdr_writer_open_history(struct sdr_writer *writer, const char *path, size_t region_bytes,
                                          size_t history_bytes, bool crc_enabled) {
    const unsigned char nothing[offsetof(struct sdr_region, header)] = {0};
    bool reused = false;
    if (region_bytes < sizeof(struct sdr_region) || (history_bytes & (history_bytes - 1)) != 0
            || (history_bytes > 0 && history_bytes < 65536) || history_bytes > (size_t)1 << 30) {
        errno = EINVAL;
        return -1;
    }
    memset(writer, 0, sizeof *writer);
    writer->region_bytes = region_bytes;
    sdr_make_folders(path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        return -1;
    }
    /* First of all: a file that was cut short and is made longer below would look like its old frame, with zeros. */
    int failure = pwrite(fd, nothing, sizeof nothing, 0) != (ssize_t)sizeof nothing ? errno : 0;
    if (failure == 0) {
        failure = sdr_writer_size_file(writer, fd, history_bytes, &reused);
    }
    void *mapping = MAP_FAILED;
    if (failure == 0) {
        mapping = mmap(NULL, writer->file_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        failure = mapping == MAP_FAILED ? errno : 0;
    }
    (void)close(fd);
    if (failure != 0) {
        errno = failure;
        return -1;
    }
    writer->region = (struct sdr_region *)mapping;
    writer->crc_enabled = crc_enabled;
    sdr_crc32_table(writer->crc_table);
    __atomic_store_n(&writer->region->sequence, (uint64_t)0, __ATOMIC_RELEASE);
    __atomic_store_n(&writer->region->write_length, (uint64_t)0, __ATOMIC_RELEASE);
    if (writer->file_bytes > region_bytes) {
        unsigned char *end = (unsigned char *)mapping + writer->file_bytes;
        writer->history = (struct sdr_history *)(void *)(end - sizeof(struct sdr_history));
        writer->ring_bytes = history_bytes;
        writer->ring = end - sizeof(struct sdr_history) - history_bytes;
        if (reused) {
            sdr_history_begin_anew(writer->history);
        }
    }
    writer->bell_error = sdr_bell_open(&writer->bell, path);
    return 0;
}

/* As above, with a history of SDR_HISTORY_BYTES. */
static inline int sdr_writer_open(struct sdr_writer *writer, const char *path, size_t region_bytes, bool crc_enabled) {
    return sdr_writer_open_history(writer, path, region_bytes, SDR_HISTORY_BYTES, crc_enabled);
}

static inline size_t sdr_writer_max_payload(const struct sdr_writer *writer) {
    size_t room = writer->region_bytes - sizeof(struct sdr_region);
    return room < UINT32_MAX ? room : UINT32_MAX;
}

/*
 * Commits one frame. 0; or -1 and EMSGSIZE: it does not fit, nothing was stored, readers keep the last one.
 * capture_nanos: when the picture was taken, by CLOCK_MONOTONIC; 0 = unknown. Only the history carries it.
 */
static inline int sdr_writer_write_captured(struct sdr_writer *writer, const void *payload, size_t size,
                                            uint64_t frame_id, uint16_t flags, uint16_t codec, uint64_t capture_nanos) {
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
    if (writer->history != NULL) {
        sdr_history_append(writer, &header, payload, capture_nanos);
    }
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

/* As above, of a picture whose time is not known. */
static inline int sdr_writer_write(struct sdr_writer *writer, const void *payload, size_t size, uint64_t frame_id,
                                   uint16_t flags, uint16_t codec) {
    return sdr_writer_write_captured(writer, payload, size, frame_id, flags, codec, 0);
}

/* Leaves the file and its last frames in place; takes the bell away. */
static inline void sdr_writer_close(struct sdr_writer *writer) {
    if (writer->region != NULL) {
        sdr_bell_close(&writer->bell);
        (void)munmap(writer->region, writer->file_bytes);
        writer->region = NULL;
    }
}

#endif
