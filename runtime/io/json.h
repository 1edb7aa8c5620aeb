/* json.h - the quick way through NDJSON lines: what followed each value the last time is expected again, byte for byte.
 * May include: runtime/io/inside.h.
 * Start at kl_json: the names met so far; json_scan.inc is the loop that walks them, json.c all that is not in the loop. */
#ifndef KL_RUNTIME_IO_JSON_H
#define KL_RUNTIME_IO_JSON_H

#include "runtime/io/inside.h"

enum {
    KL_JSON_NAMES = 256, /* that are remembered; with more, all are forgotten and met again */
    KL_JSON_TEXT = 64,   /* the most bytes between two values that are remembered */
    KL_JSON_ABSENT = 8,  /* so many members in a row may be absent before it is asked what comes */
    KL_JSON_CODE_BITS = 5,
    KL_JSON_CODES = 1 << KL_JSON_CODE_BITS,
    KL_JSON_DEPTH = 32 /* objects in objects; deeper ones are read with care */
};
#define KL_JSON_END KL_JSON_NAMES /* in place of a name: the line is read */

/* How a value of a name goes to its field: one of the loop's own ways, or by kl_json_value(). */
typedef enum kl_json_way {
    KL_JSON_ANY,
    KL_JSON_SKIP, /* no field reads it, and that was told */
    KL_JSON_BOOL,
    KL_JSON_CODE,
    KL_JSON_DATE,
    KL_JSON_NUMBER,
    KL_JSON_WORDS,
    KL_JSON_KEY,
    KL_JSON_DONE /* no value: the line's end */
} kl_json_way;

/* A name in one edition: where its value goes, and what followed that the last time, up to the next value or past the line's end. */
typedef struct kl_json_stop {
    _Alignas(64) char text[KL_JSON_TEXT];
    const struct kl_json_stop *next;
    uint32_t size; /* 1 to KL_JSON_TEXT */
    uint32_t name;
    kl_json_way way;
    uint8_t scale;
    bool passable;   /* the next one stands in the same object: where it is absent, what follows it may stand here */
    uint64_t *known; /* the field's store */
    void *data;
    const kl_lookup *lookup;
    struct kl_json_code *codes; /* those met, KL_JSON_CODES of them */
} kl_json_stop;

typedef struct kl_json_code {
    char text[32]; /* as written */
    uint32_t size; /* 0: none */
    uint32_t code;
} kl_json_code;

typedef struct kl_json_name {
    kl_string name;                /* with dots, composed */
    uint32_t parent, depth, bytes; /* bytes: of the name before it was composed */
    bool read, told;               /* by a field of some edition; told that it is not */
    bool key, date;                /* the newest edition has its key, its date, from it */
    bool opens;                    /* no value, but the brace that begins an object where a value stood before */
} kl_json_name;

typedef struct kl_json {
    kl_reading *r;
    kl_json_stop *stops; /* per edition, KL_JSON_NAMES and one for KL_JSON_END each */
    kl_json_name *names; /* name 0 is the line's beginning and the outermost object */
    uint32_t count;
    kl_lookup by_name; /* parent and name, as bytes */
    kl_pool pool;
    bool full;
    unsigned forgotten; /* times in this group */
    /* of the line that is read */
    size_t edition; /* the one it is taken to belong to: the last line's, until its date says another */
    uint32_t row, index, order;
    bool keyed, dated, elsewhere;               /* elsewhere: it belongs to another edition, and is begun again there */
    uint32_t fresh_count, fresh[KL_JSON_NAMES]; /* names met for the first time that no field reads */
} kl_json;

kl_json *kl_json_new(kl_reading *r);
void kl_json_free(kl_json *j);
void kl_json_group(kl_json *j); /* before the lines of a group */

/* Reads the line at `text`, which has 64 bytes to read past `end`, the end of all lines. Returns the offset after it, or 0: it is to be read with care. */
size_t kl_json_line(kl_json *j, uint32_t row, const char *text, const char *end);

/* What the loop does not do itself. All return where they stopped, or NULL: the line is to be read with care, or begun again. */
const char *kl_json_next(kl_json *j, const char *p, const char *end, uint32_t *name);
const char *kl_json_value(kl_json *j, const char *p, uint32_t *name);

/* The loop, by what the machine has: the line at p, from the edition's stop for name 0. */
typedef const char *kl_json_loop(kl_json *j, const char *p, const char *end, const kl_json_stop *stop);
kl_json_loop kl_json_loop_portable;
#if defined(__x86_64__) && defined(__GNUC__)
#define KL_JSON_X86 1
kl_json_loop kl_json_loop_sse2, kl_json_loop_avx2;
#endif

#endif
