/* input.c - RECORDS of the command line: opening it, reading it patiently, and what is said about its header and its rejected records.
 * May include: POSIX, libmd for the hash, the io room.
 * Start at kl_input_open() and kl_input_feed(). */
#include "compiler/cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 200, NAMES_SHOWN = 40 };

static volatile sig_atomic_t interrupted;
static const pthread_t *others; /* changed and read by the first thread only: signals are blocked in the others */
static volatile sig_atomic_t other_count;

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
    for (sig_atomic_t i = 0; i < other_count; i++) pthread_kill(others[i], SIGURG);
}

static void on_relay(int number) { /* there to end a system call */
    (void)number;
}

void kl_relay_signals(const pthread_t *threads, size_t count) {
    other_count = 0;
    others = threads;
    other_count = (sig_atomic_t)count;
}

void kl_catch_signals(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = on_relay;
    sigaction(SIGURG, &action, NULL);
}

bool kl_interrupted(void) {
    return interrupted != 0;
}

/* ------------------------------------------------------------------ bytes */
static bool ends_with(kl_str s, const char *suffix) {
    size_t n = strlen(suffix);
    return s.n > n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

static bool form_of(kl_cli *c, kl_str path, kl_input_form *form) {
    if (kl_cli_has(c, KL_FLAG_INPUT_FORMAT)) {
        *form = kl_cli_is(c, KL_FLAG_INPUT_FORMAT, "csv") ? KL_INPUT_CSV : KL_INPUT_NDJSON;
        return true;
    }
    static const char *const csv[] = {".csv", ".CSV", ".tsv", ".skv", ".txt"}, *const json[] = {".ndjson", ".jsonl",
                                                                                                ".json"};
    for (size_t i = 0; i < sizeof csv / sizeof *csv; i++)
        if (ends_with(path, csv[i])) return *form = KL_INPUT_CSV, true;
    for (size_t i = 0; i < sizeof json / sizeof *json; i++)
        if (ends_with(path, json[i])) return *form = KL_INPUT_NDJSON, true;
    kl_say(c, KL_D_USAGE_FORM, 1, path);
    return false;
}

bool kl_input_open(kl_cli *c, kl_str path, kl_input *in) {
    *in = (kl_input){.path = path, .fd = -1};
    if (!form_of(c, path, &in->form)) return false;
    in->latin1 = kl_cli_is(c, KL_FLAG_ENCODING, "latin1");
    if (in->latin1 && in->form == KL_INPUT_NDJSON) {
        kl_say(c, KL_D_USAGE_TOGETHER, 2, KL_STR("--encoding latin1"), KL_STR("NDJSON"));
        return false;
    }
    bool standard = kl_str_eq(path, KL_STR("-"));
    in->fd = standard ? STDIN_FILENO : open(kl_str_dup(c->arena, path).p, O_RDONLY | O_CLOEXEC);
    struct stat st;
    int why = in->fd < 0 || fstat(in->fd, &st) != 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
    if (why) {
        kl_say(c, KL_D_FILE_READ, 2, path, kl_why(c, why));
        kl_input_close(in);
        return false;
    }
    in->regular = S_ISREG(st.st_mode);
    in->size = in->regular ? (uint64_t)st.st_size : 0;
    if (standard) in->path = kl_str_of(kl_cli_word(c, "standard in", "standard input"));
    SHA256Init(&in->sha);
    return true;
}

void kl_input_close(kl_input *in) {
    if (in->fd > STDIN_FILENO) close(in->fd);
    in->fd = -1;
}

/* A read that waits is a read that an interrupt can end, whichever thread is waiting. */
static ptrdiff_t read_input(void *self, void *into, size_t size) {
    kl_input *in = self;
    for (;;) {
        if (kl_interrupted()) return errno = EINTR, -1;
        struct pollfd p = {in->fd, POLLIN, 0};
        if (!in->regular && poll(&p, 1, PATIENCE_MS) <= 0) continue;
        ssize_t n = read(in->fd, into, size);
        if (n < 0 && errno == EINTR) continue;
        if (n > 0) in->bytes += (uint64_t)n;
        return n;
    }
}

static bool would_wait(void *self) {
    const kl_input *in = self;
    struct pollfd p = {in->fd, POLLIN, 0};
    return !in->regular && poll(&p, 1, 0) == 0;
}

static void hash_input(void *self, const void *bytes, size_t size) {
    kl_input *in = self;
    if (in->hash) SHA256Update(&in->sha, bytes, size);
}

kl_origin kl_input_origin(kl_input *in) {
    return (kl_origin){read_input, would_wait, hash_input, in};
}

/* ------------------------------------------------------------------ what is said of it */
void kl_say_feed(kl_cli *c, const kl_input *in, kl_feed_state state, int why) {
    switch (state) {
    case KL_FEED_OK:
    case KL_FEED_END: break;
    case KL_FEED_TROUBLE:
        kl_say(c, KL_D_FILE_READ, 2, in->path,
               kl_interrupted() ? kl_str_of(kl_cli_word(c, "avbruten", "interrupted")) : kl_why(c, why));
        break;
    case KL_FEED_MEMORY: kl_say(c, KL_D_FILE_READ, 2, in->path, kl_why(c, ENOMEM)); break;
    case KL_FEED_UTF16: kl_say_at(c, in->path, KL_D_INPUT_UTF16, 0); break;
    case KL_FEED_EMPTY: kl_say_at(c, in->path, KL_D_INPUT_EMPTY, 0); break;
    case KL_FEED_CR: kl_say_at(c, in->path, KL_D_INPUT_CR, 0); break;
    case KL_FEED_HEADER_UTF8: kl_say_at(c, in->path, KL_D_INPUT_HEADER_UTF8, 0); break;
    case KL_FEED_HEADER: kl_say_at(c, in->path, KL_D_INPUT_HEADER, 0); break;
    }
}

kl_feed *kl_input_feed(kl_cli *c, kl_input *in, const kl_rules *rules, bool count_records) {
    kl_feed *feed = kl_feed_new(kl_input_origin(in), in->form, in->latin1, count_records);
    kl_feed_state state = !feed                      ? KL_FEED_MEMORY
                          : in->form == KL_INPUT_CSV ? kl_feed_header(feed, rules->schemas, rules->editions.n)
                                                     : KL_FEED_OK;
    if (state) kl_say_feed(c, in, state, errno);
    if (!state && (in->form == KL_INPUT_NDJSON || kl_say_columns(c, in, rules, feed))) return feed;
    kl_feed_free(feed);
    return NULL;
}

static bool reads(const kl_rules *rules, kl_string name) {
    for (size_t e = 0; e < rules->editions.n; e++)
        if (kl_schema_find(rules->schemas[e], name, KL_INDEX_NONE) != KL_INDEX_NONE) return true;
    return false;
}

/* Whether some column of the header gives the field. */
static bool has_column(const kl_schema *s, const kl_feed *feed, uint32_t field) {
    for (uint32_t k = 0; k < kl_feed_columns(feed); k++) {
        kl_string name = kl_feed_column(feed, k);
        for (uint32_t f = kl_schema_find(s, name, KL_INDEX_NONE); f != KL_INDEX_NONE; f = kl_schema_find(s, name, f))
            if (f == field) return true;
    }
    return false;
}

bool kl_say_columns(kl_cli *c, const kl_input *in, const kl_rules *rules, const kl_feed *feed) {
    kl_str_list unread = {0};
    size_t read = 0;
    for (uint32_t k = 0; k < kl_feed_columns(feed); k++) {
        kl_string name = kl_feed_column(feed, k);
        if (reads(rules, name))
            read++;
        else if (name.size)
            KL_PUSH(c->arena, &unread, kl_str_from(name));
    }
    if (!read) {
        kl_buf names;
        kl_buf_init(&names, c->arena);
        for (size_t i = 0; i < unread.n && i < 10; i++)
            kl_buf_fmt(&names, "%s%.*s", i ? ", " : "", KL_FMT(unread.p[i]));
        kl_say_at(c, in->path, KL_D_INPUT_NO_FIELD, 1, kl_buf_view(&names));
        return false;
    }
    const kl_schema *s = rules->schemas[rules->editions.n - 1];
    for (uint32_t f = 0; f < kl_schema_fields(s); f++) {
        const kl_schema_field *field = kl_schema_field_of(s, f);
        if (!(field->required || field->key) || has_column(s, feed, f)) continue;
        kl_say_at(c, in->path, KL_D_INPUT_NO_COLUMN, 1, kl_str_from(field->name));
        kl_say_hint(c, kl_closest(kl_str_from(field->name), unread.p, unread.n));
    }
    if (!kl_cli_has(c, KL_FLAG_KEEP)) kl_say_unread(c, &unread, rules);
    return true;
}

void kl_say_unread(kl_cli *c, const kl_str_list *names, const kl_rules *rules) {
    if (!names->n) return;
    kl_str_list inputs = {0};
    for (size_t e = 0; e < rules->editions.n; e++)
        for (uint32_t f = 0; f < rules->editions.p[e].info.fields; f++) {
            kl_field_info info;
            kl_field_of(rules->editions.p[e].program, f, &info);
            for (uint32_t i = 0; i < info.inputs; i++)
                KL_PUSH(c->arena, &inputs, kl_str_from(kl_field_input(rules->editions.p[e].program, f, i)));
        }
    kl_buf b;
    kl_buf_init(&b, c->arena);
    for (size_t i = 0; i < names->n && i < NAMES_SHOWN; i++) {
        kl_str close = kl_closest(names->p[i], inputs.p, inputs.n);
        kl_buf_fmt(&b, "%s%.*s", i ? ", " : "", KL_FMT(names->p[i]));
        if (close.n) kl_buf_fmt(&b, c->lang == KL_SV ? " (menade du %.*s?)" : " (did you mean %.*s?)", KL_FMT(close));
    }
    if (names->n > NAMES_SHOWN) kl_buf_fmt(&b, ", …");
    kl_say(c, KL_D_INPUT_UNREAD, 1, kl_buf_view(&b));
}

kl_diag_id kl_reject_message(kl_reject_reason why) {
    static const kl_diag_id ids[KL_REJECT_COUNT] = {
#define KL_REASON(name, code, words) [KL_REJECT_##name] = KL_D_RECORD_##name,
#include "runtime/io/reject.def"
#undef KL_REASON
    };
    return ids[why];
}

void kl_say_reject(kl_cli *c, kl_str path, const kl_reject *r) {
    kl_buf place;
    kl_buf_init(&place, c->arena);
    kl_buf_fmt(&place, "%.*s:%llu", KL_FMT(path), (unsigned long long)r->line);
    if (r->key.size)
        kl_buf_fmt(&place, c->lang == KL_SV ? ": post %.*s" : ": record %.*s", (int)r->key.size, r->key.data);
    if (r->column.size)
        kl_buf_fmt(&place, c->lang == KL_SV ? ", kolumn %.*s" : ", column %.*s", (int)r->column.size, r->column.data);
    kl_say_at(c, kl_buf_view(&place), kl_reject_message(r->reason), 0);
}
