/* write_table.c - decisions as a table for a terminal: key, each outcome, and who decided.
 * May include: libutf8proc (display width).
 * Start at kl_write_table(). */
#include "runtime/io/teller.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { FIRST_ROWS = 256, WIDEST = 40 };

struct kl_table {
    const kl_table_words *words;
    kl_string *names;
    size_t columns, rows; /* columns: key, outcomes, decided_by */
    size_t *widths;
    kl_bytes text; /* cells of the first rows, one after another */
    size_t *ends;  /* where each cell ends in text */
    bool settled;
};

static bool same(kl_string a, kl_string b) {
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

kl_table *kl_table_new(const kl_teller *const *tellers, size_t count, const kl_table_words *words) {
    kl_table *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    size_t most = 0;
    for (size_t e = 0; e < count; e++) most += tellers[e]->info.outcomes;
    t->words = words;
    t->names = calloc(most + 2, sizeof *t->names);
    t->widths = calloc(most + 2, sizeof *t->widths);
    t->ends = calloc((most + 2) * FIRST_ROWS, sizeof *t->ends);
    if (!t->names || !t->widths || !t->ends) {
        kl_table_free(t);
        return NULL;
    }
    t->names[t->columns++] = (kl_string){words->key, strlen(words->key)};
    for (size_t e = count; e-- > 0;)
        for (uint32_t i = 0; i < tellers[e]->info.outcomes; i++) {
            size_t at = 1;
            while (at < t->columns && !same(t->names[at], tellers[e]->outcomes[i].name)) at++;
            if (at == t->columns) t->names[t->columns++] = tellers[e]->outcomes[i].name;
        }
    t->names[t->columns++] = (kl_string){words->decided_by, strlen(words->decided_by)};
    return t;
}

void kl_table_free(kl_table *t) {
    if (!t) return;
    kl_bytes_free(&t->text);
    free(t->names);
    free(t->widths);
    free(t->ends);
    free(t);
}

size_t kl_text_width(kl_string s) {
    size_t width = 0;
    for (utf8proc_ssize_t at = 0; at < (utf8proc_ssize_t)s.size;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.data + at, (utf8proc_ssize_t)s.size - at, &c);
        if (n <= 0) return width + s.size - (size_t)at;
        int w = utf8proc_charwidth(c);
        width += w > 0 ? (size_t)w : 0;
        at += n;
    }
    return width;
}

static void cell(kl_bytes *out, const kl_table *t, size_t column, kl_string s) {
    size_t width = kl_text_width(s);
    kl_bytes_string(out, s);
    if (column + 1 == t->columns) {
        while (out->size && out->data[out->size - 1] == ' ') out->size--;
        kl_bytes_char(out, '\n');
        return;
    }
    for (size_t i = width; i < t->widths[column]; i++) kl_bytes_char(out, ' ');
    kl_bytes_text(out, "  ");
}

static void settle(kl_bytes *out, kl_table *t) {
    if (t->settled) return;
    t->settled = true;
    for (size_t c = 0; c < t->columns; c++) t->widths[c] = kl_text_width(t->names[c]);
    for (size_t i = 0, from = 0; i < t->rows * t->columns; from = t->ends[i++]) {
        size_t width = kl_text_width((kl_string){t->text.data + from, t->ends[i] - from}),
               *w = &t->widths[i % t->columns];
        if (width > *w && width <= WIDEST) *w = width;
    }
    for (size_t c = 0; c < t->columns; c++) cell(out, t, c, t->names[c]);
    for (size_t c = 0; c < t->columns; c++) {
        kl_bytes line = {0};
        for (size_t i = 0; i < t->widths[c]; i++) kl_bytes_char(&line, '-');
        cell(out, t, c, (kl_string){line.data, line.size});
        out->failed |= line.failed;
        kl_bytes_free(&line);
    }
    for (size_t i = 0, from = 0; i < t->rows * t->columns; from = t->ends[i++])
        cell(out, t, i % t->columns, (kl_string){t->text.data + from, t->ends[i] - from});
    t->rows = 0;
}

static void value(kl_bytes *out, const kl_table *t, const kl_verdict *v, kl_string name) {
    const kl_teller *teller = v->teller;
    for (uint32_t i = 0; i < teller->info.outcomes; i++) {
        const kl_outcome_info *info = &teller->outcomes[i];
        const kl_verdict_outcome *o = &v->outcomes[i];
        if (!same(info->name, name)) continue;
        if (o->result.state == KL_EXTERNAL)
            kl_bytes_string(out, o->result.text);
        else if (o->result.state != KL_DECIDED)
            kl_bytes_text(out, t->words->states[o->result.state]);
        else if (info->many)
            kl_bytes_number(out, (int64_t)o->in_count, 0, '.');
        else
            kl_bytes_value(out, teller->program, info->kind, info->scale, info->set, &o->result, t->words->decimal,
                           t->words->yes, t->words->no);
    }
}

static void deciders(kl_bytes *out, const kl_verdict *v) {
    size_t from = out->size;
    for (uint32_t e = 0; e < v->teller->info.entries; e++) {
        bool decides = false;
        for (uint32_t o = 0; o < v->teller->info.outcomes && !decides; o++)
            for (size_t i = 0; i < v->outcomes[o].by_count; i++) decides |= v->outcomes[o].by[i] == e;
        if (!decides) continue;
        if (out->size > from) kl_bytes_char(out, ' ');
        kl_bytes_string(out, v->teller->entries[e].id);
    }
}

void kl_write_table(kl_bytes *out, kl_table *t, const kl_verdict *v) {
    kl_bytes *to = &t->text;
    if (t->settled) to->size = 0;
    size_t from = to->size, *ends = t->ends + (t->settled ? 0 : t->rows * t->columns);
    kl_bytes_string(to, v->key);
    ends[0] = to->size;
    for (size_t c = 1; c + 1 < t->columns; c++) {
        value(to, t, v, t->names[c]);
        ends[c] = to->size;
    }
    deciders(to, v);
    ends[t->columns - 1] = to->size;
    for (size_t i = from; i < to->size; i++) /* what would steer the terminal, or end the line */
        if ((unsigned char)to->data[i] < 0x20 || to->data[i] == 0x7F) to->data[i] = '?';
    out->failed |= to->failed;
    if (t->settled) {
        for (size_t c = 0; c < t->columns; from = ends[c++])
            cell(out, t, c, (kl_string){to->data + from, ends[c] - from});
    } else if (++t->rows == FIRST_ROWS) {
        settle(out, t);
    }
}

void kl_write_table_flush(kl_bytes *out, kl_table *t) {
    settle(out, t);
}
