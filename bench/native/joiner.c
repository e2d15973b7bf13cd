/* Holds what the vendor was promised against what the hooks saw, and prints the verdict as one JSON line.
 *
 * lost        answered 2xx and never seen at a hook
 * duplicated  arrivals of an id beyond its first
 * misrouted   first arrivals at another hook than the report's
 * strangers   arrivals of ids that this run did not send (late repeats of an earlier run)
 * Rates and latencies are of the window: first arrivals inside it. */
#include "wire.h"

struct fate {
    uint64_t key, due_ns, accepted_ns, arrived_ns;
    uint32_t line, arrivals;
};

static struct fate *s_table;
static size_t s_mask;

static struct fate *slot(uint64_t key) {
    size_t i = key & s_mask;
    while (s_table[i].key != 0 && s_table[i].key != key) {
        i = (i + 1) & s_mask;
    }
    return &s_table[i];
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double at_share(const double *sorted, size_t count, double share) {
    return count == 0 ? 0 : sorted[(size_t)(share * (double)(count - 1) + 0.5)];
}

static void print_latencies(const char *name, double *values, size_t count) {
    qsort(values, count, sizeof *values, ascending);
    printf(",\"%sP50Ms\":%.3f,\"%sP95Ms\":%.3f,\"%sP99Ms\":%.3f,\"%sMaxMs\":%.3f", name, at_share(values, count, 0.5), name,
           at_share(values, count, 0.95), name, at_share(values, count, 0.99), name, at_share(values, count, 1));
}

int main(int argc, char **argv) {
    size_t line_count, answer_bytes, ring_bytes;
    struct line *lines = read_lines(option(argc, argv, "--ids", "ids"), &line_count);
    struct answer *answers = map_file(option(argc, argv, "--answers", "answers"), &answer_bytes, 0);
    char *ring = map_file(option(argc, argv, "--ring", "ring"), &ring_bytes, 0);
    const struct ring_header *header = (struct ring_header *)ring;
    const struct arrival *arrivals = (struct arrival *)(ring + RING_HEADER_BYTES);
    uint64_t from = strtoull(option(argc, argv, "--from", "0"), NULL, 10), to = header->arrivals;
    uint64_t opens = strtoull(option(argc, argv, "--opens", "0"), NULL, 10);
    uint64_t closes = strtoull(option(argc, argv, "--closes", "18446744073709551615"), NULL, 10);
    size_t answer_count = answer_bytes / sizeof *answers, size = 1024;
    while (size < answer_count * 2) {
        size *= 2;
    }
    s_mask = size - 1;
    s_table = calloc(size, sizeof *s_table);

    size_t accepted = 0, accepted_in_window = 0;
    for (size_t i = 0; i < answer_count; i++) {
        const struct answer *a = &answers[i];
        struct line *l = &lines[a->line];
        int promised = a->status >= 200 && a->status < 300;
        *slot(hash_key(l->key, l->key_length)) =
            (struct fate){hash_key(l->key, l->key_length), a->due_ns, promised ? a->at_ns : 0, 0, a->line, 0};
        accepted += (size_t)promised;
        accepted_in_window += promised && a->at_ns >= opens && a->at_ns < closes;
    }

    size_t duplicated = 0, misrouted = 0, strangers = 0, delivered = 0, in_window = 0;
    double *whole = malloc((answer_count + 1) * sizeof *whole), *after_answer = malloc((answer_count + 1) * sizeof *after_answer);
    size_t after_count = 0;
    if (to - from > header->capacity) {
        fprintf(stderr, "the ring was overwritten: %llu arrivals in one run\n", (unsigned long long)(to - from));
        return 2;
    }
    for (uint64_t n = from; n < to; n++) {
        const struct arrival *a = &arrivals[n % header->capacity];
        struct fate *f = slot(a->key);
        if (f->key == 0) {
            strangers++;
            continue;
        }
        if (f->arrivals++ > 0) {
            duplicated++;
            continue;
        }
        f->arrived_ns = a->at_ns;
        misrouted += a->hook != lines[f->line].hook;
        delivered += f->accepted_ns != 0;
        if (a->at_ns >= opens && a->at_ns < closes) {
            whole[in_window++] = (double)(a->at_ns - f->due_ns) / 1e6;
            if (f->accepted_ns != 0) {
                after_answer[after_count++] = a->at_ns > f->accepted_ns ? (double)(a->at_ns - f->accepted_ns) / 1e6 : 0;
            }
        }
    }
    printf("{\"accepted\":%zu,\"delivered\":%zu,\"lost\":%zu,\"duplicated\":%zu,\"misrouted\":%zu,\"strangers\":%zu,"
           "\"acceptedInWindow\":%zu,\"deliveredInWindow\":%zu",
           accepted, delivered, accepted - delivered, duplicated, misrouted, strangers, accepted_in_window, in_window);
    print_latencies("whole", whole, in_window);
    print_latencies("afterAnswer", after_answer, after_count);
    printf("}\n");
    return 0;
}
