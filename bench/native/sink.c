/* The hooks of every customer at once: answers each GET with an empty 200 and notes when which id arrived where.
 *
 *   GET /h17?SMSID=ID&...   an arrival at hook 17
 *   GET /mt?id=ID           stands in for a telco's submit endpoint: answers "OK:ID" and counts (Kannel's registration)
 *   anything else           200, not noted
 *
 * One thread, edge-free epoll, one read and one write a request: it must cost little beside what it measures. */
#include "wire.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { CONNECTIONS_MAX = 65536, IN_BYTES = 16384, OUT_BYTES = 65536, EVENTS = 256 };

struct connection {
    uint32_t used;
    char in[IN_BYTES];
};

static struct connection *s_connections[CONNECTIONS_MAX];
static struct ring_header *s_header;
static struct arrival *s_ring;

static void note_arrival(const char *path, const char *end, uint64_t at) {
    const char *id = memmem(path, (size_t)(end - path), "SMSID=", 6);
    if (!id) {
        return;
    }
    id += 6;
    const char *stop = id;
    while (stop < end && *stop != '&' && *stop != ' ') {
        stop++;
    }
    uint32_t hook = path[0] == '/' && path[1] == 'h' ? (uint32_t)atoi(path + 2) : HOOK_NONE;
    uint64_t n = s_header->arrivals;
    s_ring[n % s_header->capacity] = (struct arrival){hash_key(id, (size_t)(stop - id)), at, hook, 0};
    s_header->arrivals = n + 1;
}

static size_t answer_submit(const char *path, const char *end, char *out) {
    const char *id = memmem(path, (size_t)(end - path), "id=", 3);
    int length = 0;
    while (id && id + 3 + length < end && id[3 + length] != '&' && id[3 + length] != ' ') {
        length++;
    }
    s_header->submits++;
    return (size_t)sprintf(
        out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\nOK:%.*s", 3 + length, length, id ? id + 3 : "");
}

/* Answers every whole request in the buffer; returns 0 when the connection is to be closed. */
static int serve(int fd, struct connection *c) {
    static char out[OUT_BYTES];
    static const char plain[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    size_t filled = 0;
    int keep = 1;
    char *at = c->in, *limit = c->in + c->used;
    uint64_t now = now_ns();
    for (char *end; keep && (end = memmem(at, (size_t)(limit - at), "\r\n\r\n", 4)); at = end + 4) {
        char *line_end = memchr(at, '\r', (size_t)(end + 1 - at));
        char *path = memchr(at, ' ', (size_t)(line_end - at));
        path = path ? path + 1 : at;
        if (strncmp(path, "/mt", 3) == 0) {
            filled += answer_submit(path, line_end, out + filled);
        } else {
            note_arrival(path, line_end, now);
            memcpy(out + filled, plain, sizeof plain - 1);
            filled += sizeof plain - 1;
        }
        *end = 0;
        keep = !strcasestr(line_end, "\r\nConnection: close");
        if (filled > OUT_BYTES - 1024) {
            break;
        }
    }
    memmove(c->in, at, (size_t)(limit - at));
    c->used = (uint32_t)(limit - at);
    for (size_t sent = 0; sent < filled;) {
        ssize_t n = write(fd, out + sent, filled - sent);
        if (n < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){fd, POLLOUT, 0}, 1, 1000);
        } else if (n < 0) {
            return 0;
        } else {
            sent += (size_t)n;
        }
    }
    return keep && c->used < IN_BYTES;
}

static void close_connection(int fd) {
    free(s_connections[fd]);
    s_connections[fd] = NULL;
    close(fd);
}

static void accept_all(int listener, int poller) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        if (fd >= CONNECTIONS_MAX) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        s_connections[fd] = calloc(1, sizeof(struct connection));
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
    }
}

static void open_ring(const char *path, uint64_t capacity) {
    size_t bytes = RING_HEADER_BYTES + capacity * sizeof(struct arrival);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)bytes) != 0) {
        die(path);
    }
    close(fd);
    size_t length;
    char *base = map_file(path, &length, 1);
    s_header = (struct ring_header *)base;
    s_header->capacity = capacity;
    s_ring = (struct arrival *)(base + RING_HEADER_BYTES);
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 4096) != 0) {
        die("listen");
    }
    getsockname(fd, (struct sockaddr *)&a, &size);
    printf("%d\n", ntohs(a.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    open_ring(option(argc, argv, "--ring", "sink.ring"), (uint64_t)atoll(option(argc, argv, "--capacity", "4194304")));
    int listener = listen_on(atoi(option(argc, argv, "--port", "0")));
    int poller = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.fd = listener});
    struct epoll_event events[EVENTS];
    for (;;) {
        int n = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_all(listener, poller);
                continue;
            }
            struct connection *c = s_connections[fd];
            ssize_t got = read(fd, c->in + c->used, IN_BYTES - c->used);
            if (got < 0 && errno == EAGAIN) {
                continue;
            }
            c->used += got > 0 ? (uint32_t)got : 0;
            if (got <= 0 || !serve(fd, c)) {
                close_connection(fd);
            }
        }
    }
}
