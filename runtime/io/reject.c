/* reject.c - why a record is rejected, in words; the rejects file: one CSV line per rejected record; how any CSV cell is quoted.
 * May include: the C library.
 * Start at kl_rejects_line(). */
#include "runtime/io/io.h"

#include <string.h>

static const struct {
    const char *code, *words;
} reasons[KL_REJECT_COUNT] = {
#define KL_REASON(name, code, words) [KL_REJECT_##name] = {code, words},
#include "runtime/io/reject.def"
#undef KL_REASON
};

const char *kl_reject_code(kl_reject_reason why) {
    return reasons[why].code;
}

const char *kl_reject_words(kl_reject_reason why) {
    return reasons[why].words;
}

void kl_bytes_cell(kl_bytes *out, kl_csv_form form, kl_string s) {
    bool quote = s.size && (s.data[0] == ' ' || s.data[s.size - 1] == ' ');
    for (size_t i = 0; i < s.size && !quote; i++)
        quote = s.data[i] == '"' || s.data[i] == '\n' || s.data[i] == '\r' || s.data[i] == form.comma;
    if (!quote) {
        kl_bytes_string(out, s);
        return;
    }
    kl_bytes_char(out, '"');
    for (size_t i = 0; i < s.size;) {
        const char *q = memchr(s.data + i, '"', s.size - i);
        size_t n = q ? (size_t)(q - (s.data + i)) + 1 : s.size - i;
        kl_bytes_add(out, s.data + i, n);
        if (q) kl_bytes_char(out, '"');
        i += n;
    }
    kl_bytes_char(out, '"');
}

void kl_rejects_head(kl_bytes *out, kl_csv_form form) {
    static const char *const heads[] = {"row", "line", "key", "column", "value", "code", "reason"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        if (i) kl_bytes_char(out, form.comma);
        kl_bytes_text(out, heads[i]);
    }
    kl_bytes_char(out, '\n');
}

void kl_rejects_line(kl_bytes *out, kl_csv_form form, const kl_reject *r, kl_string code, kl_string reason) {
    kl_string cells[] = {r->key, r->column, r->value, code, reason};
    kl_bytes_number(out, (int64_t)r->record, 0, '.');
    kl_bytes_char(out, form.comma);
    kl_bytes_number(out, (int64_t)r->line, 0, '.');
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        kl_bytes_char(out, form.comma);
        kl_bytes_cell(out, form, cells[i]);
    }
    kl_bytes_char(out, '\n');
}
