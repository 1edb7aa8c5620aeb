/* source.h - what the io tests share: bytes handed out in pieces, a record made by hand, and all of an input read at once.
 * May include: the io room, cmocka.
 * Start at test_read(). */
#ifndef KL_TESTS_IO_SOURCE_H
#define KL_TESTS_IO_SOURCE_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runtime/io/io.h"

#define TEST_ROWS 4096

enum { /* the fields of the record that the tests read */
       F_KEY,
       F_DATE,
       F_FORM,
       F_PLANNED,
       F_FEE,
       F_POINTS,
       F_MINUTES,
       F_KVA,
       F_TEXT,
       F_LEVEL, /* all its codes are short */
       F_COUNT
};

typedef struct test_source {
    const char *data;
    size_t size, at, piece; /* piece: bytes a read gives at most */
    size_t fail_at;         /* a read at or past this offset fails (SIZE_MAX: none) */
} test_source;
kl_origin test_origin(test_source *s);

kl_schema *test_schema(void);
kl_string test_string(const char *c);

typedef struct test_row {
    kl_reject_reason why;
    uint64_t record, line;
    char key[64], column[64], value[64], reject_key[64];
    bool known[F_COUNT];
    int64_t number[F_COUNT];
    uint64_t set;
    char text[64];
    size_t kept;                        /* values of unread columns, */
    char kept_name[64], kept_value[64]; /* and the last of them */
} test_row;

typedef struct test_result {
    kl_feed_state state; /* how it ended: KL_FEED_END, or the trouble */
    size_t rows;
    test_row row[TEST_ROWS];
    size_t unread;
    char unread_names[8][64];
    char separator;
} test_result;

/* Reads all of it; the result is static, good until the next call. */
const test_result *test_read(const void *data, size_t size, kl_input_form form, bool latin1, size_t piece);
const test_result *test_csv(const char *text);
const test_result *test_ndjson(const char *text);

#endif
