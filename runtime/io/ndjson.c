/* ndjson.c - one group of NDJSON lines to batches, and the names in them that no field reads.
 * May include: the C library.
 * Start at kl_ndjson_group(). */
#include "runtime/io/json.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ names that no field reads */
bool kl_ndjson_read(const kl_reading *r, kl_string name) {
    for (size_t e = 0; e < r->editions->count; e++)
        if (kl_schema_find(r->editions->schemas[e], name, KL_INDEX_NONE) != KL_INDEX_NONE) return true;
    return false;
}

void kl_ndjson_unread(kl_reading *r, kl_string name) {
    static const char more[] = "\xE2\x80\xA6"; /* … in place of the rest of a very long one */
    char cut[KL_NAME_BYTES + sizeof more];
    if (r->name_count == KL_UNREAD_MAX) return;
    if (name.size > KL_NAME_BYTES) {
        size_t n = KL_NAME_BYTES;
        while ((name.data[n] & 0xC0) == 0x80) n--;
        memcpy(cut, name.data, n);
        memcpy(cut + n, more, sizeof more);
        name = (kl_string){cut, n + sizeof more - 1};
    }
    if (kl_lookup_find(&r->names, name.data, name.size) != KL_INDEX_NONE) return;
    char *copy = kl_pool_take(&r->strings, name.size + 1);
    if (!copy) return;
    memcpy(copy, name.data, name.size);
    name.data = copy;
    if (!kl_lookup_add(&r->names, name, (uint32_t)r->name_count)) return;
    r->name_list[r->name_count++] = name;
}

void kl_ndjson_keep(kl_reading *r, kl_string name, kl_string raw) {
    r->kept_bytes += sizeof(kl_kept) + name.size + raw.size;
    if (r->kept_bytes > KL_RECORD_BYTES) r->too_much = true;
    if (r->too_much) return;
    if (r->kept_count == r->kept_room) {
        size_t room = r->kept_room ? r->kept_room * 2 : 4096;
        kl_kept *more = realloc(r->kept, room * sizeof *more);
        if (!more) {
            r->failed = true;
            return;
        }
        r->kept = more;
        r->kept_room = room;
    }
    r->kept[r->kept_count++] = (kl_kept){name, raw};
}

/* ------------------------------------------------------------------ a group */
static bool blank(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r') return false;
    return true;
}

/* Reads one line, and returns the offset after it. */
static uint32_t read_row(kl_reading *r, uint32_t row, uint32_t at, uint32_t size) {
    const char *data = r->chunk->bytes.data, *nl = NULL;
    kl_string nothing = {"", 0};
    size_t kept = r->kept_count, quick = 0;
    r->keys[row] = nothing;
    kl_reject *told = &r->rejects[row]; /* the rest of it is told with a reason */
    told->reason = KL_REJECT_NOT;
    told->record = r->before + row;
    told->line = r->line;
    told->field = KL_INDEX_NONE;
    if (r->dirty) nl = memchr(data + at, '\n', size - at);
    if (!r->careful && (!r->dirty || kl_utf8_ok(data + at, nl ? (size_t)(nl - data) - at : size - at)))
        quick = kl_json_line(r->json, row, data + at, data + size);
    if (quick) {
        r->first_kept[row + 1] = r->kept_count;
        return at + (uint32_t)quick;
    }
    if (!nl) nl = memchr(data + at, '\n', size - at);
    uint32_t end = nl ? (uint32_t)(nl - data) : size;
    kl_reject_reason why = kl_ndjson_line(r, row, data + at, end - at);
    if (why) {
        r->keys[row] = told->key = nothing;
        r->kept_count = kept;
        kl_reading_refuse(r, row, why, nothing, nothing);
    }
    r->first_kept[row + 1] = r->kept_count;
    return end + 1;
}

/* Past the lines with nothing on them. */
static void skip_blank(kl_reading *r, const char *data, uint32_t size) {
    while (r->at < size && data[r->at] != '{') {
        const char *nl = memchr(data + r->at, '\n', size - r->at);
        uint32_t end = nl ? (uint32_t)(nl - data) : size;
        if (!blank(data + r->at, end - r->at)) return;
        r->at = end + 1;
        r->line++;
    }
}

bool kl_ndjson_group(kl_reading *r) {
    const char *data = r->chunk->bytes.data;
    uint32_t size = (uint32_t)r->chunk->bytes.size, row = 0;
    r->kept_count = 0;
    for (size_t e = 0; e < r->editions->count; e++) kl_intake_start(r->intakes[e], 0);
    kl_json_group(r->json);
    for (;;) {
        skip_blank(r, data, size);
        if (r->at >= size || row == KL_ROWS_MAX || r->failed) break;
        r->at = read_row(r, row++, r->at, size);
        r->line++;
    }
    r->rows = row;
    for (size_t e = 0; e < r->editions->count; e++) r->intakes[e]->rows = r->intakes[e]->batch.rows = r->counts[e];
    return row > 0;
}
