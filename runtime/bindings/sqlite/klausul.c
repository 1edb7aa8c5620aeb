/* klausul.c - a loadable SQLite extension: guidelines decide records inside a query; functions of their arguments alone.
 * May include: sqlite3ext.h, runtime/io/one.h, the C library. Not the compiler: guidelines come as images.
 * Start at sqlite3_klausul_init(); a guideline is verified once and kept by its connection, which also serialises its use. */
#include <sqlite3ext.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io/one.h"

SQLITE_EXTENSION_INIT1

enum { KEPT = 8 }; /* guidelines that a connection keeps ready */

typedef struct ready { /* held by the connection and by statements whose guideline is constant */
    kl_one *one;
    unsigned holders;
    uint64_t used;
} ready;
typedef struct shelf {
    ready *kept[KEPT];
    uint64_t uses;
    unsigned functions; /* that hold the shelf */
} shelf;

static void let_go(void *p) {
    ready *r = p;
    if (!r || --r->holders) return;
    kl_one_free(r->one);
    free(r);
}

static void close_shelf(void *p) {
    shelf *s = p;
    if (--s->functions) return;
    for (size_t i = 0; i < KEPT; i++) let_go(s->kept[i]);
    free(s);
}

/* ------------------------------------------------------------------ the guideline of a call */
static ready *make(sqlite3_context *c, shelf *s, const void *image, size_t size) {
    kl_fault fault = {.reason = NULL};
    size_t at = 0;
    ready *r = malloc(sizeof *r);
    kl_one *one = r ? kl_one_new(image, size, &fault) : NULL;
    if (!one) {
        char *text = fault.reason ? sqlite3_mprintf("klausul: not a sound image: byte %llu: %s",
                                                    (unsigned long long)fault.offset, fault.reason)
                                  : NULL;
        if (text)
            sqlite3_result_error(c, text, -1);
        else
            sqlite3_result_error_nomem(c);
        sqlite3_free(text);
        free(r);
        return NULL;
    }
    for (size_t i = 0; i < KEPT; i++) { /* in place of the one that was used longest ago */
        uint64_t used = s->kept[i] ? s->kept[i]->used : 0;
        if (used < (s->kept[at] ? s->kept[at]->used : 0)) at = i;
    }
    let_go(s->kept[at]);
    *r = (ready){one, 1, 0};
    s->kept[at] = r;
    return r;
}

static kl_one *guideline(sqlite3_context *c, sqlite3_value *v) {
    shelf *s = sqlite3_user_data(c);
    ready *r = sqlite3_get_auxdata(c, 0);
    if (!r) {
        if (sqlite3_value_type(v) != SQLITE_BLOB) {
            sqlite3_result_error(c, "klausul: the guideline is a blob: the image that klausul build wrote", -1);
            return NULL;
        }
        const void *image = sqlite3_value_blob(v);
        size_t size = (size_t)sqlite3_value_bytes(v);
        for (size_t i = 0; i < KEPT && !r; i++)
            if (s->kept[i] && kl_one_is(s->kept[i]->one, image ? image : "", size)) r = s->kept[i];
        if (!r) r = make(c, s, image, size);
        if (!r) return NULL;
        r->holders++;
        kl_one *one = r->one; /* which the shelf holds, whatever becomes of the statement's hold */
        r->used = ++s->uses;
        sqlite3_set_auxdata(c, 0, r, let_go);
        return one;
    }
    r->used = ++s->uses;
    return r->one;
}

/* ------------------------------------------------------------------ the record of a call */
typedef enum call_end { DECIDED, REFUSED, OVER /* the result is set */ } call_end;

static call_end decide(sqlite3_context *c, kl_one **one, sqlite3_value **argv, bool trace, kl_one_refusal *why) {
    if (sqlite3_value_type(argv[0]) == SQLITE_NULL || sqlite3_value_type(argv[1]) == SQLITE_NULL) return OVER;
    *one = guideline(c, argv[0]);
    if (!*one) return OVER;
    const char *json = (const char *)sqlite3_value_text(argv[1]);
    bool decided = json && kl_one_decide(*one, json, (size_t)sqlite3_value_bytes(argv[1]), trace, why);
    if (json && !kl_one_failed(*one)) return decided ? DECIDED : REFUSED;
    sqlite3_result_error_nomem(c);
    return OVER;
}

static void give(sqlite3_context *c, const kl_one *one, kl_string s) {
    if (kl_one_failed(one))
        sqlite3_result_error_nomem(c);
    else
        sqlite3_result_text64(c, s.data, s.size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void give_json(sqlite3_context *c, const kl_one *one, kl_string s) {
    give(c, one, s);
    sqlite3_result_subtype(c, 'J'); /* JSON, to json_extract() and its like */
}

static void raise(sqlite3_context *c, const kl_one_refusal *why) {
    char *text =
        why->column.size
            ? sqlite3_mprintf("klausul: %s: %s: %.*s: \"%.*s\"", why->code, why->reason, (int)why->column.size,
                              why->column.data, (int)(why->value.size < 200 ? why->value.size : 200), why->value.data)
            : sqlite3_mprintf("klausul: %s: %s", why->code, why->reason);
    if (text)
        sqlite3_result_error(c, text, -1);
    else
        sqlite3_result_error_nomem(c);
    sqlite3_free(text);
}

/* klausul_decide(guideline, record [, trace]) */
static void decide_call(sqlite3_context *c, int argc, sqlite3_value **argv) {
    kl_one *one;
    kl_one_refusal why;
    call_end end = decide(c, &one, argv, argc > 2 && sqlite3_value_int(argv[2]), &why);
    if (end == DECIDED) give_json(c, one, kl_one_write(one));
    if (end == REFUSED) raise(c, &why);
}

/* klausul_try(guideline, record [, trace]): as klausul_decide, but a refused record is told as JSON. */
static void try_call(sqlite3_context *c, int argc, sqlite3_value **argv) {
    kl_one *one;
    kl_one_refusal why;
    call_end end = decide(c, &one, argv, argc > 2 && sqlite3_value_int(argv[2]), &why);
    if (end == OVER) return;
    give_json(c, one, end == DECIDED ? kl_one_write(one) : kl_one_write_refusal(one, &why));
}

/* klausul_outcome(guideline, record, name): the value where it is decided, else NULL; and klausul_state(…). */
static void one_outcome(sqlite3_context *c, sqlite3_value **argv, bool state) {
    kl_one *one;
    kl_one_refusal why;
    kl_outcome_info info;
    if (sqlite3_value_type(argv[2]) == SQLITE_NULL) return;
    call_end end = decide(c, &one, argv, false, &why);
    if (end == REFUSED) raise(c, &why);
    if (end != DECIDED) return;
    const char *name = (const char *)sqlite3_value_text(argv[2]);
    uint32_t outcome =
        name ? kl_one_outcome(one, (kl_string){name, (size_t)sqlite3_value_bytes(argv[2])}) : KL_INDEX_NONE;
    if (outcome == KL_INDEX_NONE) {
        sqlite3_result_error(c, "klausul: the guideline has no such outcome", -1);
        return;
    }
    const kl_result *r = &kl_one_verdict(one)->outcomes[outcome].result;
    kl_outcome_of(kl_one_program(one), outcome, &info);
    if (state) {
        const char *word = kl_state_word(r->state);
        sqlite3_result_text(c, word, -1, SQLITE_STATIC);
    } else if (r->state != KL_DECIDED) {
        sqlite3_result_null(c);
    } else if (info.many || info.kind == KL_SET) {
        give_json(c, one, kl_one_write_value(one, outcome));
    } else if (info.kind == KL_BOOL ||
               (info.kind != KL_VALUES && info.kind != KL_DATE && info.kind != KL_TEXT && !info.scale)) {
        sqlite3_result_int64(c, r->number);
    } else {
        kl_string s = kl_one_write_value(one, outcome);
        bool quoted = s.size > 1 && s.data[0] == '"';
        if (info.kind == KL_TEXT)
            s = r->text;
        else if (quoted)
            s = (kl_string){s.data + 1,
                            s.size - 2}; /* names of values and dates hold nothing that JSON writes otherwise */
        give(c, one, s);
    }
}

static void outcome_call(sqlite3_context *c, int argc, sqlite3_value **argv) {
    (void)argc;
    one_outcome(c, argv, false);
}
static void state_call(sqlite3_context *c, int argc, sqlite3_value **argv) {
    (void)argc;
    one_outcome(c, argv, true);
}

/* klausul_inspect(guideline) */
static void inspect_call(sqlite3_context *c, int argc, sqlite3_value **argv) {
    (void)argc;
    if (sqlite3_value_type(argv[0]) == SQLITE_NULL) return;
    kl_one *one = guideline(c, argv[0]);
    if (one) give_json(c, one, kl_one_inspect(one));
}

static void version_call(sqlite3_context *c, int argc, sqlite3_value **argv) {
    (void)argc;
    (void)argv;
    sqlite3_result_text(c, KLAUSUL_VERSION, -1, SQLITE_STATIC);
}

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int sqlite3_klausul_init(sqlite3 *db, char **trouble, const sqlite3_api_routines *api);

int sqlite3_klausul_init(sqlite3 *db, char **trouble, const sqlite3_api_routines *api) {
    static const struct {
        const char *name;
        int arguments;
        void (*call)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {{"klausul_decide", 2, decide_call},   {"klausul_decide", 3, decide_call},
                     {"klausul_try", 2, try_call},         {"klausul_try", 3, try_call},
                     {"klausul_outcome", 3, outcome_call}, {"klausul_state", 3, state_call},
                     {"klausul_inspect", 1, inspect_call}, {"klausul_version", 0, version_call}};
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, status = SQLITE_OK;
#if defined(SQLITE_RESULT_SUBTYPE) /* later versions want to be told that results may be JSON */
    flags |= SQLITE_RESULT_SUBTYPE;
#endif
    SQLITE_EXTENSION_INIT2(api);
    (void)trouble;
    shelf *s = calloc(1, sizeof *s);
    if (!s) return SQLITE_NOMEM;
    s->functions = 1; /* until all are there */
    for (size_t i = 0; i < sizeof functions / sizeof *functions && status == SQLITE_OK; i++) {
        s->functions++; /* SQLite calls close_shelf() also when it fails */
        status = sqlite3_create_function_v2(db, functions[i].name, functions[i].arguments, flags, s, functions[i].call,
                                            NULL, NULL, close_shelf);
    }
    close_shelf(s);
    return status;
}
