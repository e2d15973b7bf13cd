/* The vendor: POSTs the reports of an ids file over keep-alive connections and notes when each was answered, and how.
 *
 * Saturating (--rate 0): every connection sends its next report as soon as the last is answered, but no more than
 * --backlog reports may be accepted and not yet seen at the sink: intake that outruns delivery is no throughput.
 * At a rate: report i is due at start + i / rate, whatever happened to the others; its latency counts from then.
 *
 * --port takes several, separated by commas: connections are spread over them in turn.
 *
 * Prints "start NS" when it begins and one JSON line when it ends. A line without a body is sent as a GET. */
#include "wire.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { IN_BYTES = 16384, EVENTS = 256, CONNECTIONS_MAX = 4096, PORTS_MAX = 64, PAUSE_NS = 10000000 };

struct connection {
    int fd, busy, port;
    uint32_t line, used;
    uint64_t due_ns, resume_ns;
    char in[IN_BYTES];
};

static struct {
    int poller, connections;
    double rate;
    uint64_t backlog_max, arrivals_before, start_ns, end_ns;
    const char *headers;
    const struct ring_header *ring;
    struct line *lines;
    size_t line_count, next, answered, accepted, refused, broken;
    struct answer *answers;
} s;

static struct connection *s_all;
static struct connection *s_idle[CONNECTIONS_MAX];
static int s_idle_count;

static void open_connection(struct connection *c) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    c->used = 0;
    c->busy = 0;
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0) {
        die("connect");
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    epoll_ctl(s.poller, EPOLL_CTL_ADD, c->fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
}

static void reconnect(struct connection *c) {
    close(c->fd);
    open_connection(c);
}

/* A report fits the socket's buffer whole, so a short write means a broken connection. */
static int send_report(struct connection *c, uint64_t due) {
    struct line *l = &s.lines[s.next];
    char head[1024];
    int length = l->body_length == 0
        ? snprintf(head, sizeof head, "GET %.*s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n", (int)l->path_length, l->path, c->port, s.headers)
        : snprintf(head, sizeof head, "POST %.*s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%sContent-Type: application/json\r\nContent-Length: %u\r\n\r\n",
                   (int)l->path_length, l->path, c->port, s.headers, l->body_length);
    struct iovec parts[2] = {{head, (size_t)length}, {(char *)l->body, l->body_length}};
    c->line = (uint32_t)s.next++;
    c->due_ns = due;
    c->busy = 1;
    return writev(c->fd, parts, 2) == (ssize_t)(length + (int)l->body_length);
}

static void finish(struct connection *c, uint32_t status, uint64_t now) {
    s.answers[s.answered++] = (struct answer){c->line, status, c->due_ns, now};
    c->busy = 0;
    c->resume_ns = now;
    if (status >= 200 && status < 300) {
        s.accepted++;
    } else if (status == 0) {
        s.broken++;
    } else {
        s.refused++;
        c->resume_ns = now + PAUSE_NS;
    }
}

/* The status of the answer in the buffer once it is whole, else 0. */
static uint32_t whole_answer(struct connection *c, int *must_close) {
    c->in[c->used] = 0;
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end || c->used < 12) {
        return 0;
    }
    char *body = end + 4;
    size_t have = c->used - (size_t)(body - c->in);
    uint32_t status = (uint32_t)atoi(c->in + 9);
    *end = 0;
    char *length = strcasestr(c->in, "\r\nContent-Length:");
    int chunked = !length && strcasestr(c->in, "\r\nTransfer-Encoding: chunked") != NULL;
    *must_close = strcasestr(c->in, "\r\nConnection: close") != NULL;
    *end = '\r';
    if (length) {
        return have >= strtoul(length + 17, NULL, 10) ? status : 0;
    }
    return !chunked || (have >= 5 && memcmp(body + have - 5, "0\r\n\r\n", 5) == 0) ? status : 0;
}

static void receive(struct connection *c) {
    ssize_t got = read(c->fd, c->in + c->used, IN_BYTES - 1 - c->used);
    if (got < 0 && errno == EAGAIN) {
        return;
    }
    int was_busy = c->busy, must_close = 0;
    if (got > 0) {
        c->used += (uint32_t)got;
        uint32_t status = whole_answer(c, &must_close);
        if (status == 0 && c->used < IN_BYTES - 1) {
            return;
        }
        finish(c, status, now_ns());
        c->used = 0;
        if (status == 0 || must_close) {
            reconnect(c);
        }
    } else {
        if (was_busy) {
            finish(c, 0, now_ns());
        }
        reconnect(c);
    }
    if (was_busy) {
        s_idle[s_idle_count++] = c;
    }
}

static int may_send(uint64_t now) {
    if (s.next >= s.line_count || now >= s.end_ns) {
        return 0;
    }
    if (s.rate > 0) {
        return now >= s.start_ns + (uint64_t)((double)s.next * 1e9 / s.rate);
    }
    uint64_t arrived = s.ring ? s.ring->arrivals - s.arrivals_before : s.accepted;
    return s.accepted < s.backlog_max + arrived;
}

static void send_what_is_due(uint64_t now) {
    int kept = 0, count = s_idle_count;
    for (int i = 0; i < count; i++) {
        struct connection *c = s_idle[i];
        if (now < c->resume_ns || !may_send(now)) {
            s_idle[kept++] = c;
            continue;
        }
        uint64_t due = s.rate > 0 ? s.start_ns + (uint64_t)((double)s.next * 1e9 / s.rate) : now;
        if (!send_report(c, due)) {
            finish(c, 0, now);
            reconnect(c);
            s_idle[kept++] = c;
        }
    }
    s_idle_count = kept;
}

/* At a rate: until the next report is due. Saturating: at once unless a connection is held back, then 1 ms. */
static struct timespec wait_time(uint64_t now) {
    uint64_t wait = 5000000;
    if (s.rate > 0 && s.next < s.line_count && s_idle_count > 0) {
        uint64_t due = s.start_ns + (uint64_t)((double)s.next * 1e9 / s.rate);
        wait = due <= now ? 0 : due - now < wait ? due - now : wait;
    } else if (s_idle_count > 0) {
        wait = 1000000;
    }
    return (struct timespec){0, (long)wait};
}

static void run(void) {
    struct epoll_event events[EVENTS];
    uint64_t give_up = s.end_ns + 10000000000u;
    for (uint64_t now = now_ns();; now = now_ns()) {
        send_what_is_due(now);
        if (s_idle_count == s.connections && (now >= s.end_ns || s.next >= s.line_count)) {
            return;
        }
        if (now > give_up) {
            return;
        }
        struct timespec wait = wait_time(now);
        int n = epoll_pwait2(s.poller, events, EVENTS, &wait, NULL);
        for (int i = 0; i < n; i++) {
            receive(events[i].data.ptr);
        }
    }
}

static void write_answers(const char *path) {
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(s.answers, sizeof *s.answers, s.answered, out) != s.answered || fclose(out) != 0) {
        die(path);
    }
}

static int read_ports(const char *text, int *ports) {
    int count = 0;
    for (const char *at = text; at && count < PORTS_MAX; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        ports[count++] = atoi(at);
    }
    return count;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    int ports[PORTS_MAX], port_count = read_ports(option(argc, argv, "--port", "0"), ports);
    s.connections = atoi(option(argc, argv, "--connections", "64"));
    s.rate = atof(option(argc, argv, "--rate", "0"));
    s.backlog_max = (uint64_t)atoll(option(argc, argv, "--backlog", "2048"));
    s.headers = option(argc, argv, "--headers", "");
    double seconds = atof(option(argc, argv, "--seconds", "8"));
    const char *ring = option(argc, argv, "--ring", NULL);
    s.lines = read_lines(option(argc, argv, "--ids", "ids"), &s.line_count);
    s.answers = malloc((s.line_count + 1) * sizeof *s.answers);
    s.poller = epoll_create1(EPOLL_CLOEXEC);
    s_all = calloc((size_t)s.connections, sizeof *s_all);
    for (int i = 0; i < s.connections; i++) {
        s_all[i].port = ports[i % port_count];
        open_connection(&s_all[i]);
        s_idle[s_idle_count++] = &s_all[i];
    }
    if (ring) {
        size_t length;
        s.ring = map_file(ring, &length, 0);
        s.arrivals_before = s.ring->arrivals;
    }
    s.start_ns = now_ns();
    s.end_ns = s.start_ns + (uint64_t)(seconds * 1e9);
    printf("start %llu\n", (unsigned long long)s.start_ns);
    fflush(stdout);
    run();
    uint64_t end = now_ns();
    write_answers(option(argc, argv, "--out", "answers"));
    size_t unanswered = s.next - s.answered;
    printf("{\"sent\":%zu,\"accepted\":%zu,\"refused\":%zu,\"broken\":%zu,\"ranOut\":%s,\"endNs\":%llu}\n", s.next, s.accepted,
           s.refused, s.broken + unanswered, s.next >= s.line_count ? "true" : "false", (unsigned long long)end);
    return 0;
}
