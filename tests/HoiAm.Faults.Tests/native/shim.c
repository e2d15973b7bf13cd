/*
 * The file layer under the store, loaded before libc (LD_PRELOAD). It does three things to the process that it is loaded into:
 *
 *   1. it writes down every change of a file below HOIAM_SHIM_FOLDER, with its bytes, into HOIAM_SHIM_LOG (layout: struct record);
 *   2. it makes writes and syncs of those files fail or wait, as the control page in HOIAM_SHIM_CONTROL asks (struct control);
 *   3. it moves the wall clock and breaks the names below ".hooks.test", as the same page asks.
 *
 * What is only shared memory (-shm) or only a lock is left out: neither has to survive a power cut.
 * Real calls are made by number, so that nothing here depends on which libc symbol a caller was bound to.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { FDS = 65536, OP_OPEN = 1, OP_WRITE = 2, OP_SYNC = 3, OP_TRUNCATE = 4, OP_UNLINK = 5, OP_RENAME = 6 };

/* One change. `length` bytes of data follow: what was written, or a path. */
struct record {
    uint32_t op, file;
    uint64_t offset, length, ns;
};

/* Shared with the harness; every field is one that it may change at any moment. */
struct control {
    volatile uint32_t sync_delay_us;
    volatile uint32_t sync_error_ppm;  /* of a million syncs, so many fail with EIO */
    volatile uint32_t write_errno;     /* 0, or what writes fail with */
    volatile uint32_t names_fail;
    volatile int64_t clock_offset_ns;
    volatile uint64_t syncs, syncs_failed, syncs_delayed, writes_failed, names_failed;
};

static pthread_mutex_t s_lock = PTHREAD_MUTEX_INITIALIZER;
static struct control s_none;
static struct control *s_control = &s_none;
static uint32_t s_file_of[FDS];
static unsigned char s_synchronous[FDS];
static char *s_paths[4096];
static uint32_t s_path_count = 1;
static char s_folder[PATH_MAX];
static size_t s_folder_length;
static int s_log = -1;
static uint64_t s_records;
static uint64_t s_random = 0x9E3779B97F4A7C15u;
static int (*s_clock_gettime)(clockid_t, struct timespec *);
static int (*s_getaddrinfo)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("HOIAM_SHIM_FOLDER"), *log = getenv("HOIAM_SHIM_LOG"), *control = getenv("HOIAM_SHIM_CONTROL");
    s_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    s_getaddrinfo = (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
    if (folder != NULL && strlen(folder) < sizeof s_folder) {
        strcpy(s_folder, folder);
        s_folder_length = strlen(folder);
    }
    if (log != NULL) {
        s_log = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    if (control != NULL) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDWR | O_CLOEXEC, 0);
        if (fd >= 0) {
            void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
            if (page != MAP_FAILED) {
                s_control = page;
            }
            syscall(SYS_close, fd);
        }
    }
}

static uint64_t now_ns(void) {
    struct timespec t;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Under the lock. */
static void note(uint32_t op, uint32_t file, uint64_t offset, const void *data, size_t length) {
    struct record r = {.op = op, .file = file, .offset = offset, .length = length, .ns = now_ns()};
    struct iovec parts[2] = {{&r, sizeof r}, {(void *)(uintptr_t)data, length}};
    if (s_log >= 0) {
        size_t want = sizeof r + length;
        long done = syscall(SYS_writev, s_log, parts, length > 0 ? 2 : 1);
        if (done < 0 || (size_t)done != want) {
            static const char sorry[] = "shim: the write log is incomplete\n";
            syscall(SYS_write, 2, sorry, sizeof sorry - 1);
            _exit(97);
        }
    }
    s_records++;
}

/* The folder itself is opened to make the names in it durable. */
static int is_folder(const char *path) {
    return s_folder_length > 0 && path != NULL && strcmp(path, s_folder) == 0;
}

static int is_ours(const char *path) {
    size_t n;
    if (s_folder_length == 0 || path == NULL || strncmp(path, s_folder, s_folder_length) != 0 || path[s_folder_length] != '/') {
        return 0;
    }
    n = strlen(path);
    return !(n > 4 && strcmp(path + n - 4, "-shm") == 0) && !(n > 5 && strcmp(path + n - 5, ".lock") == 0);
}

/* Under the lock. A path that was unlinked is a new file when it comes back. */
static uint32_t file_of(const char *path) {
    uint32_t i;
    for (i = s_path_count - 1; i > 0; i--) {
        if (s_paths[i] != NULL && strcmp(s_paths[i], path) == 0) {
            return i;
        }
    }
    if (s_path_count >= sizeof s_paths / sizeof s_paths[0]) {
        return 0;
    }
    i = s_path_count++;
    s_paths[i] = strdup(path);
    note(OP_OPEN, i, 0, path, strlen(path));
    return i;
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    int fd, saved;
    if (!is_ours(path) && !is_folder(path)) {
        return (int)syscall(SYS_openat, folder, path, flags, mode);
    }
    pthread_mutex_lock(&s_lock);
    fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    saved = errno;
    if (fd >= 0 && fd < FDS && (is_folder(path) || (flags & O_ACCMODE) != O_RDONLY)) {
        s_file_of[fd] = file_of(path);
        s_synchronous[fd] = (flags & (O_SYNC | O_DSYNC)) != 0;
        if ((flags & O_TRUNC) != 0) {
            note(OP_TRUNCATE, s_file_of[fd], 0, NULL, 0);
        }
    }
    pthread_mutex_unlock(&s_lock);
    errno = saved;
    return fd;
}

#define MODE_OF(flags, mode) \
    do { \
        if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
    } while (0)

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE_OF(flags, mode);
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE_OF(flags, mode);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    mode_t mode = 0;
    MODE_OF(flags, mode);
    return open_at(folder, path, flags, mode);
}

int close(int fd) {
    if (fd >= 0 && fd < FDS) {
        s_file_of[fd] = 0;
    }
    return (int)syscall(SYS_close, fd);
}

static uint32_t tracked(int fd) {
    return fd >= 0 && fd < FDS ? s_file_of[fd] : 0;
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t offset, int moves) {
    ssize_t done;
    int saved;
    uint32_t refuse = s_control->write_errno;
    if (refuse != 0) {
        __atomic_add_fetch(&s_control->writes_failed, 1, __ATOMIC_RELAXED);
        if (refuse != ENOSPC || length < 1024) {
            errno = (int)refuse;
            return -1;
        }
        /* A full disk takes what still fits: the caller has to cope with a torn page. */
        length /= 2;
    }
    pthread_mutex_lock(&s_lock);
    if (moves) {
        offset = (off_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
    }
    /* Noted before it is done: from here on any part of it may be on the disk. */
    note(OP_WRITE, s_file_of[fd], (uint64_t)offset, data, length);
    done = moves ? syscall(SYS_write, fd, data, length) : syscall(SYS_pwrite64, fd, data, length, offset);
    saved = errno;
    if (done > 0 && s_synchronous[fd]) {
        note(OP_SYNC, s_file_of[fd], s_records, NULL, 0);
    }
    pthread_mutex_unlock(&s_lock);
    errno = saved;
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    return tracked(fd) ? write_at(fd, data, length, offset, 0) : syscall(SYS_pwrite64, fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    return tracked(fd) ? write_at(fd, data, length, (off_t)offset, 0) : syscall(SYS_pwrite64, fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length) {
    return tracked(fd) ? write_at(fd, data, length, 0, 1) : syscall(SYS_write, fd, data, length);
}

static int sync_file(int fd, long number) {
    uint32_t file = tracked(fd), delay, ppm;
    uint64_t before;
    int done, saved;
    if (file == 0) {
        return (int)syscall(number, fd);
    }
    __atomic_add_fetch(&s_control->syncs, 1, __ATOMIC_RELAXED);
    delay = s_control->sync_delay_us;
    if (delay > 0) {
        struct timespec pause = {.tv_sec = delay / 1000000, .tv_nsec = (long)(delay % 1000000) * 1000};
        __atomic_add_fetch(&s_control->syncs_delayed, 1, __ATOMIC_RELAXED);
        syscall(SYS_nanosleep, &pause, NULL);
    }
    ppm = s_control->sync_error_ppm;
    s_random ^= s_random << 13;
    s_random ^= s_random >> 7;
    s_random ^= s_random << 17;
    if (ppm > 0 && s_random % 1000000 < ppm) {
        __atomic_add_fetch(&s_control->syncs_failed, 1, __ATOMIC_RELAXED);
        errno = EIO;
        return -1;
    }
    pthread_mutex_lock(&s_lock);
    before = s_records;
    pthread_mutex_unlock(&s_lock);
    done = (int)syscall(number, fd);
    saved = errno;
    if (done == 0) {
        /* Only what was noted before the call began is durable for certain. */
        pthread_mutex_lock(&s_lock);
        note(OP_SYNC, file, before, NULL, 0);
        pthread_mutex_unlock(&s_lock);
    }
    errno = saved;
    return done;
}

int fsync(int fd) {
    return sync_file(fd, SYS_fsync);
}

int fdatasync(int fd) {
    return sync_file(fd, SYS_fdatasync);
}

static int truncate_file(int fd, off_t size) {
    int done, saved;
    if (!tracked(fd)) {
        return (int)syscall(SYS_ftruncate, fd, size);
    }
    pthread_mutex_lock(&s_lock);
    note(OP_TRUNCATE, s_file_of[fd], (uint64_t)size, NULL, 0);
    done = (int)syscall(SYS_ftruncate, fd, size);
    saved = errno;
    pthread_mutex_unlock(&s_lock);
    errno = saved;
    return done;
}

int ftruncate(int fd, off_t size) {
    return truncate_file(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    return truncate_file(fd, (off_t)size);
}

int unlink(const char *path) {
    int done, saved;
    uint32_t i;
    if (!is_ours(path)) {
        return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    }
    pthread_mutex_lock(&s_lock);
    done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    saved = errno;
    for (i = s_path_count - 1; done == 0 && i > 0; i--) {
        if (s_paths[i] != NULL && strcmp(s_paths[i], path) == 0) {
            note(OP_UNLINK, i, 0, NULL, 0);
            s_paths[i] = NULL;
            break;
        }
    }
    pthread_mutex_unlock(&s_lock);
    errno = saved;
    return done;
}

/* The store renames nothing; should it begin to, the log would be wrong, so it must not go unnoticed. */
int rename(const char *from, const char *to) {
    if (is_ours(from) || is_ours(to)) {
        pthread_mutex_lock(&s_lock);
        note(OP_RENAME, 0, 0, from, strlen(from));
        pthread_mutex_unlock(&s_lock);
    }
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int clock_gettime(clockid_t clock, struct timespec *t) {
    int done = s_clock_gettime != NULL ? s_clock_gettime(clock, t) : (int)syscall(SYS_clock_gettime, clock, t);
    int64_t offset = s_control->clock_offset_ns;
    if (offset != 0 && done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        t->tv_sec += offset / 1000000000;
    }
    return done;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *t) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t != NULL) {
        *t = now.tv_sec;
    }
    return now.tv_sec;
}

/* "metadata.hooks.test" leads to the cloud's metadata address, every other name below ".hooks.test" to this machine. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    static const char suffix[] = ".hooks.test";
    size_t n = name == NULL ? 0 : strlen(name);
    if (s_getaddrinfo == NULL) {
        return EAI_FAIL;
    }
    if (n < sizeof suffix || strcmp(name + n - (sizeof suffix - 1), suffix) != 0) {
        return s_getaddrinfo(name, service, hints, found);
    }
    if (s_control->names_fail != 0) {
        __atomic_add_fetch(&s_control->names_failed, 1, __ATOMIC_RELAXED);
        return EAI_AGAIN;
    }
    return s_getaddrinfo(strncmp(name, "metadata.", 9) == 0 ? "169.254.169.254" : "127.0.0.1", service, hints, found);
}
