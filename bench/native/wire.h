/* What the load generator, the sink and the joiner share: the clock, the hash of an id, and the two record layouts.
 * The files live in memory (/dev/shm), are read on the machine that wrote them, and so need no byte order. */
#ifndef WIRE_H
#define WIRE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The sink's ring: one header page, then `capacity` arrivals. `arrivals` counts on for ever; slot = n % capacity. */
struct ring_header {
    volatile uint64_t arrivals;
    volatile uint64_t submits;
    uint64_t capacity;
};

struct arrival {
    uint64_t key;
    uint64_t at_ns;
    uint32_t hook;
    uint32_t unused;
};

enum { RING_HEADER_BYTES = 4096, HOOK_NONE = 0xffffffffu };

/* One finished POST. `line` is the report's line in the ids file; `due_ns` is when it was meant to leave,
 * which for a saturating run is when it left. */
struct answer {
    uint32_t line;
    uint32_t status;
    uint64_t due_ns;
    uint64_t at_ns;
};

static inline uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* FNV-1a: good enough that a few million ids do not collide in 64 bits, and short enough to be read at a glance. */
static inline uint64_t hash_key(const char *text, size_t length) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) {
        h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    }
    return h;
}

static inline void die(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(2);
}

/* The value that follows NAME on the command line, or the fallback. */
static inline const char *option(int argc, char **argv, const char *name, const char *fallback) {
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return argv[i + 1];
        }
    }
    return fallback;
}

static inline void *map_file(const char *path, size_t *length, int writable) {
    int fd = open(path, writable ? O_RDWR : O_RDONLY);
    struct stat s;
    if (fd < 0 || fstat(fd, &s) != 0) {
        die(path);
    }
    *length = (size_t)s.st_size;
    if (*length == 0) {
        close(fd);
        return NULL;
    }
    void *p = mmap(NULL, *length, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        die(path);
    }
    close(fd);
    return p;
}

/* The ids file: one report a line, `key TAB hook TAB path TAB body`. The key is what the sink will see as SMSID. */
struct line {
    const char *key, *path, *body;
    uint32_t key_length, path_length, body_length, hook;
};

static inline struct line *read_lines(const char *path, size_t *count) {
    size_t length, room = 1 << 16, used = 0;
    const char *text = map_file(path, &length, 0);
    struct line *lines = malloc(room * sizeof *lines);
    for (const char *at = text, *end = text + length; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        const char *t1 = memchr(at, '\t', (size_t)(stop - at));
        const char *t2 = t1 ? memchr(t1 + 1, '\t', (size_t)(stop - t1 - 1)) : NULL;
        const char *t3 = t2 ? memchr(t2 + 1, '\t', (size_t)(stop - t2 - 1)) : NULL;
        if (!t3) {
            fprintf(stderr, "%s: line %zu is not key, hook, path, body\n", path, used + 1);
            exit(2);
        }
        if (used == room) {
            room *= 2;
            lines = realloc(lines, room * sizeof *lines);
        }
        lines[used++] = (struct line){
            at, t2 + 1, t3 + 1, (uint32_t)(t1 - at), (uint32_t)(t3 - t2 - 1), (uint32_t)(stop - t3 - 1), (uint32_t)atoi(t1 + 1)};
        at = stop + 1;
    }
    *count = used;
    return lines;
}

#endif
