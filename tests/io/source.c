/* source.c - bytes handed out in pieces, a record made by hand, and all of an input read at once.
 * May include: the io room, cmocka.
 * Start at test_read(). */
#include "tests/io/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static ptrdiff_t give(void *self, void *into, size_t size) {
    test_source *s = self;
    if (s->at >= s->fail_at) {
        errno = EIO;
        return -1;
    }
    size_t n = s->size - s->at;
    if (n > size) n = size;
    if (s->piece && n > s->piece) n = s->piece;
    memcpy(into, s->data + s->at, n);
    s->at += n;
    return (ptrdiff_t)n;
}

kl_origin test_origin(test_source *s) {
    return (kl_origin){give, NULL, NULL, s};
}
kl_string test_string(const char *c) {
    return (kl_string){c, strlen(c)};
}

kl_schema *test_schema(void) {
    static const struct {
        const char *name, *other;
        kl_kind kind;
        uint32_t scale, set;
        bool required, key;
    } fields[F_COUNT] = {
        [F_KEY] = {"kontakt_id", "contact_id", KL_TEXT, 0, KL_INDEX_NONE, false, true},
        [F_DATE] = {"kontaktdatum", "contact_date", KL_DATE, 0, KL_INDEX_NONE, true, false},
        [F_FORM] = {"form", "mode", KL_VALUES, 0, 0, false, false},
        [F_PLANNED] = {"planerad", "planned", KL_BOOL, 0, KL_INDEX_NONE, false, false},
        [F_FEE] = {"avgift", "fee", KL_MONEY, 2, KL_INDEX_NONE, false, false},
        [F_POINTS] = {"poäng", "points", KL_DECIMAL, 1, KL_INDEX_NONE, false, false},
        [F_MINUTES] = {"minuter", "duration", KL_MINUTES, 0, KL_INDEX_NONE, false, false},
        [F_KVA] = {"kva", "registered_kva", KL_SET, 0, 1, false, false},
        [F_TEXT] = {"enhet", "note.unit", KL_TEXT, 0, KL_INDEX_NONE, false, false},
        [F_LEVEL] = {"nivå", "level", KL_VALUES, 0, 2, false, false},
    };
    static const char *const forms[] = {"telefon", "video", "skriftlig"}, *const codes[] = {"phone", "Videolänk",
                                                                                            "SMS & chatt"};
    static const char *const levels[] = {"låg", "hög", "oklarad"}, *const short_codes[] = {"L", "H", "0"};
    static const char *const kva[] = {"ZV051", "XS003", "med mellanrum"};
    static const char *const never[] = {"A,B", "A;B", " rum "}; /* only in quotes, or not in any cell at all */
    kl_schema *s = kl_schema_start(test_string("SEK"));
    bool ok = s && kl_schema_add_set(s, 3) && kl_schema_add_set(s, 3) && kl_schema_add_set(s, 3);
    for (uint32_t i = 0; ok && i < 3; i++)
        ok = kl_schema_add_code(s, 0, test_string(forms[i]), i) && kl_schema_add_code(s, 0, test_string(codes[i]), i) &&
             kl_schema_add_code(s, 1, test_string(kva[i]), i) && kl_schema_add_code(s, 0, test_string(never[i]), i) &&
             kl_schema_add_code(s, 2, test_string(levels[i]), i) &&
             kl_schema_add_code(s, 2, test_string(short_codes[i]), i);
    for (uint32_t i = 0; ok && i < F_COUNT; i++) {
        kl_schema_field f = {test_string(fields[i].name), fields[i].kind, fields[i].scale, fields[i].set,
                             fields[i].required,          fields[i].key};
        ok = kl_schema_add_field(s, &f) && kl_schema_add_input(s, i, test_string(fields[i].name)) &&
             kl_schema_add_input(s, i, test_string(fields[i].other));
    }
    assert_true(ok && kl_schema_ready(s));
    return s;
}

static void copy(char *to, kl_string s) {
    size_t n = s.size < 63 ? s.size : 63;
    if (n) memcpy(to, s.data, n);
    to[n] = 0;
}

static void values(test_row *row, const kl_batch *b, uint32_t i) {
    for (uint32_t f = 0; f < F_COUNT; f++) {
        const kl_column *c = &b->columns[f];
        row->known[f] = c->known && (c->known[i / 64] >> (i % 64) & 1);
        if (!row->known[f]) continue;
        if (f == F_KEY || f == F_TEXT)
            copy(f == F_TEXT ? row->text : row->key, c->as.texts[i]);
        else if (f == F_FORM || f == F_LEVEL)
            row->number[f] = c->as.codes[i];
        else if (f == F_PLANNED)
            row->number[f] = (int64_t)(c->as.bits[i / 64] >> (i % 64) & 1);
        else if (f == F_KVA)
            row->set = c->as.sets[i];
        else
            row->number[f] = c->as.numbers[i];
    }
}

static void take(test_result *r, kl_reading *reading, const kl_chunk *chunk, uint64_t before) {
    while (kl_reading_next(reading)) {
        for (uint32_t i = 0; i < kl_reading_rows(reading); i++) {
            assert_true(r->rows < TEST_ROWS);
            test_row *row = &r->row[r->rows++];
            memset(row, 0, sizeof *row);
            row->record = r->rows;
            const kl_reject *why = kl_reading_reject(reading, i);
            copy(row->key, kl_reading_key(reading, i));
            if (why) {
                row->why = why->reason;
                row->record = before + why->record + 1;
                row->line = chunk->line + why->line;
                copy(row->column, why->column);
                copy(row->value, why->value);
                copy(row->reject_key, why->key);
                continue;
            }
            size_t edition;
            uint32_t index;
            kl_reading_place(reading, i, &edition, &index);
            values(row, kl_reading_batch(reading, edition), index);
            row->kept = kl_reading_kept(reading, i);
            if (!row->kept) continue;
            kl_string name, value;
            kl_reading_kept_at(reading, i, row->kept - 1, &name, &value);
            copy(row->kept_name, name);
            copy(row->kept_value, value);
        }
    }
    assert_false(kl_reading_failed(reading));
}

const test_result *test_read(const void *data, size_t size, kl_input_form form, bool latin1, size_t piece) {
    static test_result r;
    memset(&r, 0, sizeof r);
    test_source source = {data, size, 0, piece, SIZE_MAX};
    kl_schema *schema = test_schema();
    const kl_schema *schemas[] = {schema};
    int32_t from = INT32_MIN;
    uint32_t dated = F_DATE;
    kl_editions editions = {1, schemas, &from, &dated};
    kl_feed *feed = kl_feed_new(test_origin(&source), form, latin1, false);
    kl_chunk chunk = {0};
    assert_non_null(feed);
    r.state = form == KL_INPUT_CSV ? kl_feed_header(feed, schemas, 1) : KL_FEED_OK;
    kl_reading *reading = r.state ? NULL : kl_reading_new(&editions, feed, true);
    uint64_t before = 0;
    while (!r.state && (r.state = kl_feed_next(feed, &chunk)) == KL_FEED_OK) {
        kl_reading_start(reading, &chunk);
        take(&r, reading, &chunk, before);
        before += kl_reading_records(reading);
    }
    if (reading) {
        r.separator = kl_feed_separator(feed);
        r.unread = kl_reading_unread(reading);
        for (size_t i = 0; i < r.unread && i < 8; i++) copy(r.unread_names[i], kl_reading_unread_name(reading, i));
    }
    kl_reading_free(reading);
    kl_feed_free(feed);
    kl_schema_free(schema);
    kl_bytes_free(&chunk.bytes);
    return &r;
}

const test_result *test_csv(const char *text) {
    return test_read(text, strlen(text), KL_INPUT_CSV, false, 0);
}
const test_result *test_ndjson(const char *text) {
    return test_read(text, strlen(text), KL_INPUT_NDJSON, false, 0);
}
