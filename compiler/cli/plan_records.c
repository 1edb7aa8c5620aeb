/* plan_records.c - both sides over the records: each chunk is read and decided twice, and what comes out differently is counted and written.
 * May include: pthreads, the runtime and its io.
 * Start at kl_plan_over_records(); one chunk's work is in compare_chunk(). What it holds does not grow with the records. */
#include "compiler/cli/plan_records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compiler/cli/trying.h"

enum { BY_MOST = 16 };

typedef struct side {
    kl_reading *reading;
    kl_workspace **workspaces; /* per edition */
} side;

typedef struct hand { /* a thread */
    kl_comparing *x;
    kl_cli cli; /* with an arena that lasts one chunk */
    side sides[2];
    kl_chunk chunk;
    kl_bytes out;
    kl_tallying tally;
    bool ok;
} hand;

typedef struct seen { /* one record on one side */
    const kl_edition *edition;
    kl_workspace *workspace;
    size_t e;
    uint32_t row;
} seen;

/* ------------------------------------------------------------------ moves */
static uint64_t hash_of(kl_str from, kl_str to) {
    uint64_t h = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < from.n; i++) h = (h ^ (unsigned char)from.p[i]) * UINT64_C(1099511628211);
    h = (h ^ 255) * UINT64_C(1099511628211);
    for (size_t i = 0; i < to.n; i++) h = (h ^ (unsigned char)to.p[i]) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

static void add_money(int64_t *sum, bool *past, int64_t v) {
    *past = *past || __builtin_add_overflow(*sum, v, sum);
}

static void count_move(kl_arena *a, kl_moves *m, const kl_move *one) {
    if ((m->list.n + 1) * 2 > m->cap) {
        m->cap = m->cap ? m->cap * 2 : 64;
        m->table = kl_alloc_array(a, m->cap, sizeof *m->table);
        for (size_t i = 0; i < m->list.n; i++) {
            size_t at = hash_of(m->list.p[i].from, m->list.p[i].to) & (m->cap - 1);
            while (m->table[at]) at = (at + 1) & (m->cap - 1);
            m->table[at] = (uint32_t)i + 1;
        }
    }
    kl_str from = one->from, to = one->to;
    for (int rest = 0; rest < 2; rest++) {
        size_t at = hash_of(from, to) & (m->cap - 1);
        while (m->table[at] &&
               !(kl_str_eq(m->list.p[m->table[at] - 1].from, from) && kl_str_eq(m->list.p[m->table[at] - 1].to, to)))
            at = (at + 1) & (m->cap - 1);
        if (!m->table[at] && m->list.n >= KL_MOVES_MOST && !rest) {
            from = to = KL_STR("…");
            continue;
        }
        if (!m->table[at]) {
            KL_PUSH(a, &m->list, ((kl_move){.from = kl_str_dup(a, from), .to = kl_str_dup(a, to)}));
            m->table[at] = (uint32_t)m->list.n;
        }
        kl_move *to_move = &m->list.p[m->table[at] - 1];
        to_move->records += one->records;
        add_money(&to_move->money, &to_move->past, one->money);
        to_move->past = to_move->past || one->past;
        return;
    }
}

/* ------------------------------------------------------------------ one record */
static kl_str words_of(hand *h, const seen *s, uint32_t outcome) {
    kl_outcome_info info;
    kl_result r;
    kl_outcome_of(s->edition->program, outcome, &info);
    kl_outcome(s->workspace, outcome, s->row, &r);
    if (!info.many) return kl_result_words(&h->cli, s->edition->program, info.kind, info.scale, info.set, &r);
    kl_str_list entries = {0};
    for (uint32_t slot = 0; slot < info.slots; slot++) {
        kl_result in;
        kl_many(s->workspace, outcome, slot, s->row, &in);
        if (in.state == KL_NO_RESULT || kl_many_first(s->workspace, outcome, slot, s->row) != slot) continue;
        kl_buf b;
        kl_buf_init(&b, h->cli.arena);
        kl_buf_fmt(&b, in.state == KL_DECIDED ? "(" : "?(");
        for (uint32_t k = 0; k < info.columns; k++) {
            kl_column_info column;
            kl_result v;
            kl_outcome_column(s->edition->program, outcome, k, &column);
            kl_many_value(s->workspace, outcome, slot, k, s->row, &v);
            kl_str text = kl_result_words(&h->cli, s->edition->program, column.kind, column.scale, column.set, &v);
            kl_buf_fmt(&b, "%s%.*s %.*s", k ? ", " : "", (int)column.name.size, column.name.data, KL_FMT(text));
        }
        kl_buf_fmt(&b, ")");
        kl_str entry = kl_buf_view(&b);
        size_t at = entries.n;
        KL_PUSH(h->cli.arena, &entries, entry);
        for (; at > 0 && kl_str_cmp(entries.p[at - 1], entry) > 0; at--) entries.p[at] = entries.p[at - 1];
        entries.p[at] = entry;
    }
    kl_buf all;
    kl_buf_init(&all, h->cli.arena);
    for (size_t i = 0; i < entries.n; i++) kl_buf_fmt(&all, "%s%.*s", i ? ", " : "", KL_FMT(entries.p[i]));
    return entries.n ? kl_buf_view(&all)
                     : kl_result_words(&h->cli, s->edition->program, info.kind, 0, KL_INDEX_NONE, &r);
}

static void put_by(const seen *s, uint32_t outcome, uint32_t slot, kl_arena *a, kl_str_list *ids) {
    uint32_t entries[BY_MOST];
    bool sure = true;
    size_t n = kl_by(s->workspace, outcome, slot, s->row, true, entries, BY_MOST);
    if (!n) n = kl_by(s->workspace, outcome, slot, s->row, sure = false, entries, BY_MOST);
    for (size_t i = 0; i < n && i < BY_MOST; i++) {
        kl_entry_info e;
        kl_entry_of(s->edition->program, entries[i], &e);
        kl_str id = kl_str_fmt(a, "%.*s%s", (int)e.id.size, e.id.data, sure ? "" : "?");
        bool there = false;
        for (size_t k = 0; k < ids->n; k++) there = there || kl_str_eq(ids->p[k], id);
        if (!there) KL_PUSH(a, ids, id);
    }
}

static kl_str rules_of(hand *h, const seen *s, uint32_t outcome) {
    kl_outcome_info info;
    kl_str_list ids = {0};
    kl_buf b;
    kl_buf_init(&b, h->cli.arena);
    kl_outcome_of(s->edition->program, outcome, &info);
    for (uint32_t slot = 0; slot < (info.many ? info.slots : 1); slot++) {
        kl_result in = {.state = KL_DECIDED};
        if (info.many) kl_many(s->workspace, outcome, slot, s->row, &in);
        if (in.state != KL_NO_RESULT) put_by(s, outcome, slot, h->cli.arena, &ids);
    }
    for (size_t i = 0; i < ids.n; i++) kl_buf_fmt(&b, "%s%.*s", i ? " " : "", KL_FMT(ids.p[i]));
    return b.n ? kl_buf_view(&b) : KL_STR("-");
}

/* Whether a plain result is the same without asking for its words; 2: the words must tell. */
static int plainly_same(const kl_outcome_info *a, const kl_outcome_info *b, const kl_result *x, const kl_result *y) {
    if (a->many || b->many) return 2;
    if (x->state != y->state) return 0;
    if (x->state == KL_EXTERNAL) return 2;
    if (x->state != KL_DECIDED) return 1;
    if (a->kind != b->kind || a->scale != b->scale || a->kind == KL_VALUES || a->kind == KL_SET || a->kind == KL_TEXT)
        return 2;
    return x->number == y->number;
}

static void write_change(hand *h, kl_str key, kl_str name, const kl_str words[2], const kl_str rules[2]) {
    const kl_str cells[6] = {key, name, words[0], words[1], rules[0], rules[1]};
    static const char *const names[6] = {"key", "outcome", "old", "new", "old_by", "new_by"};
    const kl_csv_form form = {',', '.'};
    for (size_t i = 0; i < 6; i++) {
        if (h->x->ndjson) {
            kl_bytes_text(&h->out, i ? ", \"" : "{\"");
            kl_bytes_text(&h->out, names[i]);
            kl_bytes_text(&h->out, "\": ");
            kl_bytes_json(&h->out, kl_string_from(cells[i]));
        } else {
            if (i) kl_bytes_char(&h->out, ',');
            kl_bytes_cell(&h->out, form, kl_string_from(cells[i]));
        }
    }
    kl_bytes_text(&h->out, h->x->ndjson ? "}\n" : "\n");
}

static bool compare_outcome(hand *h, size_t i, const seen s[2], kl_str key) {
    kl_comparing *x = h->x;
    kl_shift *shift = &h->tally.shifts[i];
    uint32_t at[2];
    kl_outcome_info info[2];
    kl_result r[2];
    for (int k = 0; k < 2; k++) {
        at[k] = x->at[k][i * x->rules[k]->editions.n + s[k].e];
        if (at[k] == KL_INDEX_NONE) return false;
        kl_outcome_of(s[k].edition->program, at[k], &info[k]);
        kl_outcome(s[k].workspace, at[k], s[k].row, &r[k]);
        if (shift->number && r[k].state == KL_DECIDED) add_money(&shift->sums[k], &shift->past[k], r[k].number);
    }
    int same = plainly_same(&info[0], &info[1], &r[0], &r[1]);
    if (same == 1) return false;
    kl_str words[2] = {words_of(h, &s[0], at[0]), words_of(h, &s[1], at[1])};
    if (same == 2 && kl_str_eq(words[0], words[1])) return false;
    kl_str rules[2] = {rules_of(h, &s[0], at[0]), rules_of(h, &s[1], at[1])};
    kl_move move = {.from = words[0], .to = words[1], .records = 1};
    if (shift->number) { /* what is not decided moves nothing by itself, but leaves or joins the sum */
        int64_t before = r[0].state == KL_DECIDED ? r[0].number : 0, now = r[1].state == KL_DECIDED ? r[1].number : 0;
        move.past = __builtin_sub_overflow(now, before, &move.money);
    }
    count_move(h->tally.arena, &shift->results, &move);
    move.from = rules[0];
    move.to = rules[1];
    count_move(h->tally.arena, &shift->rules, &move);
    shift->changed++;
    if (x->want_out) write_change(h, key, x->names.p[i], words, rules);
    return true;
}

static void count_breaches(hand *h, int k, const seen *s) {
    uint32_t entries[64];
    for (int advice = 0; advice < 2; advice++) {
        size_t n = kl_breaches(s->workspace, s->row, advice == 1, entries, 64);
        for (size_t i = 0; i < n && i < 64; i++) {
            kl_entry_info e;
            kl_entry_of(s->edition->program, entries[i], &e);
            for (size_t q = 0; q < h->x->requirements.n; q++)
                h->tally.breaches[k][q] += kl_str_eq(h->x->requirements.p[q], kl_str_from(e.id));
        }
    }
}

static void compare_record(hand *h, uint32_t row, kl_string key) {
    const kl_reject *reject[2] = {kl_reading_reject(h->sides[0].reading, row),
                                  kl_reading_reject(h->sides[1].reading, row)};
    h->tally.records++;
    h->tally.rejected[(reject[0] ? 1 : 0) + (reject[1] ? 2 : 0)]++;
    if (reject[0] || reject[1]) return;
    seen s[2];
    for (int k = 0; k < 2; k++) {
        kl_reading_place(h->sides[k].reading, row, &s[k].e, &s[k].row);
        s[k].edition = &h->x->rules[k]->editions.p[s[k].e];
        s[k].workspace = h->sides[k].workspaces[s[k].e];
        if (h->x->requirements.n) count_breaches(h, k, &s[k]);
    }
    bool changed = false;
    for (size_t i = 0; i < h->x->names.n; i++) changed = compare_outcome(h, i, s, kl_str_from(key)) || changed;
    h->tally.changed += changed;
}

/* ------------------------------------------------------------------ one chunk */
static bool decide_group(hand *h) {
    for (int k = 0; k < 2; k++)
        for (size_t e = 0; e < h->x->rules[k]->editions.n; e++) {
            const kl_batch *batch = kl_reading_batch(h->sides[k].reading, e);
            kl_fault fault;
            if (batch->rows && !kl_eval(h->sides[k].workspaces[e], batch, &fault)) return false;
        }
    return true;
}

static void compare_chunk(hand *h) {
    kl_arena_free(h->cli.arena);
    h->cli.arena = kl_arena_new(0);
    h->out.size = 0;
    uint64_t number = h->chunk.record;
    const kl_rules *new = h->x->rules[1];
    bool keyed = new->editions.p[new->editions.n - 1].info.key != KL_INDEX_NONE;
    for (int k = 0; k < 2; k++) kl_reading_start(h->sides[k].reading, &h->chunk);
    h->ok = h->cli.arena != NULL;
    while (h->ok && kl_reading_next(h->sides[0].reading)) {
        uint32_t rows = kl_reading_rows(h->sides[0].reading);
        h->ok = kl_reading_next(h->sides[1].reading) && kl_reading_rows(h->sides[1].reading) == rows && decide_group(h);
        for (uint32_t row = 0; h->ok && row < rows; row++) {
            char digits[24];
            kl_string key = kl_reading_key(h->sides[1].reading, row);
            if (!keyed) {
                int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)(number + row));
                key = (kl_string){digits, (size_t)n};
            }
            compare_record(h, row, key);
        }
        number += rows;
    }
    h->ok =
        h->ok && !kl_reading_failed(h->sides[0].reading) && !kl_reading_failed(h->sides[1].reading) && !h->out.failed;
}

static bool take_chunk(hand *h) {
    kl_comparing *x = h->x;
    pthread_mutex_lock(&x->reading);
    if (!x->state) {
        x->state = kl_feed_next(x->feed, &h->chunk);
        x->why = errno;
    }
    bool good = !x->state;
    pthread_mutex_unlock(&x->reading);
    return good;
}

static void *labour(void *arg) {
    hand *h = arg;
    kl_comparing *x = h->x;
    for (bool stop = false; !stop && take_chunk(h);) {
        compare_chunk(h);
        pthread_mutex_lock(&x->turning);
        while (x->turn != h->chunk.number && !x->failed) pthread_cond_wait(&x->turned, &x->turning);
        if (!h->ok || (x->want_out && !kl_sink_write(&x->out, h->out.data, h->out.size))) x->failed = true;
        x->turn++;
        stop = x->failed || kl_interrupted();
        pthread_cond_broadcast(&x->turned);
        pthread_mutex_unlock(&x->turning);
    }
    return NULL;
}

/* ------------------------------------------------------------------ threads */
static void tally_init(const kl_comparing *x, kl_tallying *t) {
    t->arena = kl_arena_new(0);
    if (!t->arena) return;
    t->shift_count = x->names.n;
    t->shifts = kl_alloc_array(t->arena, x->names.n + 1, sizeof *t->shifts);
    for (int k = 0; k < 2; k++) t->breaches[k] = kl_alloc_array(t->arena, x->requirements.n + 1, sizeof(uint64_t));
    for (size_t i = 0; i < x->names.n; i++) {
        kl_outcome_info info[2];
        for (int k = 0; k < 2; k++)
            for (size_t e = 0; e < x->rules[k]->editions.n; e++) {
                uint32_t at = x->at[k][i * x->rules[k]->editions.n + e];
                if (at != KL_INDEX_NONE) kl_outcome_of(x->rules[k]->editions.p[e].program, at, &info[k]);
            }
        kl_shift *s = &t->shifts[i];
        s->name = x->names.p[i];
        s->kind = info[1].kind;
        s->scale = info[1].scale;
        s->other_type = info[0].kind != info[1].kind || info[0].scale != info[1].scale || info[0].many != info[1].many;
        s->number =
            !s->other_type && !info[1].many && (s->kind == KL_MONEY || s->kind == KL_DECIMAL || s->kind == KL_INTEGER);
    }
}

static bool hand_init(hand *h, kl_comparing *x) {
    *h = (hand){.x = x, .cli = *x->cli, .ok = true};
    h->cli.arena = kl_arena_new(0);
    tally_init(x, &h->tally);
    bool ok = h->cli.arena && h->tally.arena;
    for (int k = 0; k < 2 && ok; k++) {
        size_t n = x->rules[k]->editions.n;
        h->sides[k].reading = kl_reading_new(&x->rules[k]->dated, x->feed, false);
        h->sides[k].workspaces = calloc(n, sizeof(kl_workspace *));
        ok = h->sides[k].reading && h->sides[k].workspaces;
        for (size_t e = 0; e < n && ok; e++)
            ok = (h->sides[k].workspaces[e] = kl_rules_workspace(x->rules[k], e)) != NULL;
    }
    return ok;
}

static void hand_free(hand *h) {
    for (int k = 0; k < 2; k++) {
        for (size_t e = 0; h->sides[k].workspaces && e < h->x->rules[k]->editions.n; e++)
            free(h->sides[k].workspaces[e]);
        free(h->sides[k].workspaces);
        kl_reading_free(h->sides[k].reading);
    }
    kl_bytes_free(&h->chunk.bytes);
    kl_bytes_free(&h->out);
    if (h->cli.arena) kl_arena_free(h->cli.arena);
    if (h->tally.arena) kl_arena_free(h->tally.arena);
}

static void gather(kl_comparing *x, const kl_tallying *t) {
    kl_tallying *all = &x->all;
    all->records += t->records;
    all->changed += t->changed;
    for (int i = 0; i < 4; i++) all->rejected[i] += t->rejected[i];
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < x->requirements.n; i++) all->breaches[k][i] += t->breaches[k][i];
    for (size_t i = 0; i < all->shift_count; i++) {
        kl_shift *to = &all->shifts[i];
        const kl_shift *from = &t->shifts[i];
        to->changed += from->changed;
        for (int k = 0; k < 2; k++) {
            add_money(&to->sums[k], &to->past[k], from->sums[k]);
            to->past[k] = to->past[k] || from->past[k];
        }
        for (size_t m = 0; m < from->results.list.n; m++)
            count_move(all->arena, &to->results, &from->results.list.p[m]);
        for (size_t m = 0; m < from->rules.list.n; m++) count_move(all->arena, &to->rules, &from->rules.list.p[m]);
    }
}

static bool work(kl_comparing *x) {
    hand *hands = calloc(x->threads, sizeof *hands);
    pthread_t *ids = calloc(x->threads, sizeof *ids);
    size_t ready = 0, started = 0;
    bool ok = hands && ids;
    pthread_mutex_init(&x->reading, NULL);
    pthread_mutex_init(&x->turning, NULL);
    pthread_cond_init(&x->turned, NULL);
    while (ok && ready < x->threads) ok = hand_init(&hands[ready++], x);
    for (size_t i = 1; ok && i < x->threads; i++, started++)
        if (pthread_create(&ids[i], NULL, labour, &hands[i]) != 0) break;
    if (ok) labour(&hands[0]);
    for (size_t i = 1; i <= started; i++) pthread_join(ids[i], NULL);
    for (size_t i = 0; i < ready; i++) {
        if (ok) gather(x, &hands[i].tally);
        hand_free(&hands[i]);
    }
    free(hands);
    free(ids);
    return ok;
}

/* ------------------------------------------------------------------ what both have */
static uint32_t outcome_in(const kl_edition *e, kl_str name) {
    for (uint32_t i = 0; i < e->info.outcomes; i++) {
        kl_outcome_info info;
        kl_outcome_of(e->program, i, &info);
        if (kl_str_eq(kl_str_from(info.name), name)) return i;
    }
    return KL_INDEX_NONE;
}

static bool has_outcome(const kl_rules *rules, kl_str name) {
    for (size_t e = 0; e < rules->editions.n; e++)
        if (outcome_in(&rules->editions.p[e], name) != KL_INDEX_NONE) return true;
    return false;
}

static bool listed(const kl_str_list *list, kl_str name) {
    for (size_t i = 0; i < list->n; i++)
        if (kl_str_eq(list->p[i], name)) return true;
    return false;
}

static void find_names(kl_comparing *x) {
    kl_arena *a = x->cli->arena;
    for (size_t e = x->rules[1]->editions.n; e-- > 0;) {
        const kl_edition *d = &x->rules[1]->editions.p[e];
        for (uint32_t i = 0; i < d->info.outcomes; i++) {
            kl_outcome_info info;
            kl_outcome_of(d->program, i, &info);
            kl_str name = kl_str_from(info.name);
            if (has_outcome(x->rules[0], name) && !listed(&x->names, name)) KL_PUSH(a, &x->names, name);
        }
    }
    for (int k = 0; k < 2; k++) {
        size_t n = x->rules[k]->editions.n;
        x->at[k] = kl_alloc_array(a, x->names.n * n + 1, sizeof(uint32_t));
        for (size_t i = 0; i < x->names.n; i++)
            for (size_t e = 0; e < n; e++) x->at[k][i * n + e] = outcome_in(&x->rules[k]->editions.p[e], x->names.p[i]);
        for (size_t e = 0; e < n; e++) {
            const kl_edition *d = &x->rules[k]->editions.p[e];
            KL_PUSH(a, &x->both.editions, *d);
            for (uint32_t i = 0; i < d->info.entries; i++) {
                kl_entry_info info;
                kl_entry_of(d->program, i, &info);
                bool duty = info.kind == IR_E_REQUIREMENT || info.kind == IR_E_ADVICE;
                if (duty && !listed(&x->requirements, kl_str_from(info.id)))
                    KL_PUSH(a, &x->requirements, kl_str_from(info.id));
            }
        }
    }
    x->both.schemas = kl_alloc_array(a, x->both.editions.n, sizeof *x->both.schemas);
    for (size_t e = 0; e < x->both.editions.n; e++) x->both.schemas[e] = x->both.editions.p[e].schema;
}

static bool open_out(kl_comparing *x) {
    kl_str path = kl_cli_value(x->cli, KL_FLAG_OUTPUT);
    x->want_out = path.n > 0;
    x->ndjson = path.n > 7 && memcmp(path.p + path.n - 7, ".ndjson", 7) == 0;
    if (!x->want_out) return true;
    if (!kl_sink_open(x->cli->arena, &x->out, path)) {
        kl_say(x->cli, KL_D_FILE_WRITE, 2, path, kl_why_write(x->cli, x->out.why));
        return false;
    }
    static const char head[] = "key,outcome,old,new,old_by,new_by\n";
    return x->ndjson || kl_sink_write(&x->out, head, sizeof head - 1);
}

static bool threads_of(kl_comparing *x) {
    kl_str given = kl_cli_value(x->cli, KL_FLAG_THREADS);
    int64_t n = sysconf(_SC_NPROCESSORS_ONLN);
    if (given.n && (kl_parse_number(kl_string_from(given), 0, (kl_string){"", 0}, &n) || n < 1 || n > 64)) {
        kl_say(x->cli, KL_D_USAGE_CHOICE, 3, KL_STR("--threads"), given, KL_STR("1 … 64"));
        return false;
    }
    x->threads = n < 1 ? 1 : (size_t)n;
    return true;
}

static int tell(kl_comparing *x) {
    kl_bytes out = {0};
    if (kl_cli_is(x->cli, KL_FLAG_FORMAT, "json"))
        kl_plan_report_json(x, &out);
    else
        kl_plan_report_text(x, &out);
    bool same = !x->all.changed && !x->all.rejected[1] && !x->all.rejected[2];
    for (size_t i = 0; i < x->requirements.n; i++) same = same && x->all.breaches[0][i] == x->all.breaches[1][i];
    bool good = !out.failed && kl_write_all(x->cli, KL_STR(""), out.data, out.size);
    kl_bytes_free(&out);
    return !good ? KL_EXIT_TROUBLE : same ? KL_EXIT_OK : KL_EXIT_FOUND;
}

static int over(kl_comparing *x) {
    kl_cli *c = x->cli;
    find_names(x);
    if (!threads_of(x) || !kl_input_open(c, c->operands.p[2], &x->input)) return KL_EXIT_TROUBLE;
    x->feed = kl_input_feed(c, &x->input, &x->both, true);
    if (!x->feed || !open_out(x)) return KL_EXIT_TROUBLE;
    tally_init(x, &x->all);
    bool ok = x->all.arena && work(x);
    if (!ok || x->failed) {
        kl_say(c, KL_D_FILE_READ, 2, x->input.path, kl_why(c, ENOMEM));
    } else if (x->state != KL_FEED_END) {
        kl_say_feed(c, &x->input, x->state, x->why);
    } else if (!x->want_out || kl_sink_finish(&x->out)) {
        x->want_out = false;
        return tell(x);
    } else {
        kl_say(c, KL_D_FILE_WRITE, 2, x->out.path, kl_why_write(c, x->out.why));
    }
    if (x->want_out) kl_sink_drop(&x->out);
    return KL_EXIT_TROUBLE;
}

int kl_plan_over_records(kl_cli *c, kl_rules *old, kl_rules *new) {
    kl_comparing x = {.cli = c, .rules = {old, new}, .input = {.fd = -1}};
    kl_catch_signals();
    int status = over(&x);
    kl_feed_free(x.feed);
    kl_input_close(&x.input);
    if (x.all.arena) kl_arena_free(x.all.arena);
    return status;
}
