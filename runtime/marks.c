/* marks.c - what sets the decisions of a batch apart, gathered plane by plane: records with equal marks are told alike.
 * May include: program.h of this room. Nothing is computed again: planes of decisions, candidates, blocks and breaches, turned on their side.
 * Start at kl_marks(); list() says which planes there are. */
#include "runtime/program.h"

enum {
    MARK_WORDS_MOST = 32,
    PLANES_MOST = MARK_WORDS_MOST * 64,
    WAYS_MOST = 1 << 15,
    BY_PLANES_MOST = 256, /* candidates of a slot that are told by their planes; more of them by name, */
    BY_MOST = 3,          /* so many in one record */
    DAYS_MOST = 16,
    OF_FIELD = 1u << 31
};

/* A record's words: a bit for each plane, then two words for each slot whose result may be what no plane tells, and two for each outcome that
 * more candidates than planes can give: the entries that do. */
typedef struct marks {
    const kl_workspace *w;
    uint32_t planes, values;
    bool none, drawn, all;
    const uint64_t *plane[PLANES_MOST];
    uint32_t value[MARK_WORDS_MOST / 2]; /* slots; | OF_FIELD: fields; then from `named` on outcomes */
    uint32_t named;
    uint32_t days; /* where periods of editions not at hand end, and on which side each record lies */
    uint64_t day[DAYS_MOST][KL_WORDS];
} marks;

static void plane(marks *m, const uint64_t *bits) {
    if (m->planes == PLANES_MOST)
        m->none = true;
    else
        m->plane[m->planes++] = bits;
}

static void truth(marks *m, uint32_t literal) {
    if (literal >= KL_LITERALS) plane(m, kl_plane(m->w, literal));
}

/* A field that a result carries over: by the planes of its codes or answers if it has some; else false. */
static bool carried(marks *m, uint32_t field) {
    const kl_workspace *w = m->w;
    const kl_field_plan *f = &w->fields[field];
    const kl_column *c = &w->columns[field];
    const uint64_t *none = kl_plane(w, KL_PLANE_NONE);
    bool received = m->drawn && c->known;
    uint32_t bits = kl_width((uint32_t)f->span);
    if (f->type != KL_TYPE_BOOL && !f->slices) return false;
    plane(m, received ? c->known : none);
    if (f->type == KL_TYPE_BOOL) plane(m, received ? c->as.bits : none);
    for (uint32_t b = 0; b < bits && f->type != KL_TYPE_BOOL; b++)
        plane(m, received ? kl_plane(w, f->slices + b) : none);
    return true;
}

static void list_value(marks *m, uint32_t of) {
    if (m->values == MARK_WORDS_MOST / 2)
        m->none = true;
    else
        m->value[m->values++] = of;
}

/* Those that give an outcome. */
static void list_deciders(marks *m, uint32_t outcome) {
    const kl_program *p = m->w->program;
    uint32_t slot = kl_o(p, outcome, KL_O_FIRST_SLOT), first = kl_l(p, slot, KL_L_FIRST_CANDIDATE),
             count = kl_l(p, slot, KL_L_CANDIDATES);
    if (!m->all && count > BY_PLANES_MOST)
        list_value(m, outcome);
    else
        for (uint32_t c = first; c < first + count; c++) truth(m, m->w->literals[kl_c(p, c, KL_C_BY)]);
}

/* What was registered, where an outcome is audited against it. */
static void list_registered(marks *m, uint32_t field) {
    uint32_t type = kl_f(m->w->program, field, KL_F_TYPE);
    if (type == KL_TYPE_TEXT) m->none = true;
    if (!carried(m, field)) list_value(m, field | OF_FIELD);
}

static void list_slot(marks *m, uint32_t slot) {
    const kl_workspace *w = m->w;
    const kl_program *p = w->program;
    const kl_slot_plan *s = &w->slots[slot];
    bool value = false;
    for (uint32_t b = 0; b < s->bits; b++) plane(m, kl_plane(w, s->plane + b));
    for (uint32_t k = s->keys; k-- > 0 && w->keys[s->first_key + k] >> KL_GROUP_SHIFT == KL_GROUP_VARIABLE;) {
        uint32_t r = w->keys[s->first_key + k] & ((1u << KL_GROUP_SHIFT) - 1), of = kl_r(p, r, KL_R_VALUE);
        bool field = kl_r(p, r, KL_R_KIND) == KL_RESULT_FIELD;
        if (field && kl_f(p, of, KL_F_TYPE) == KL_TYPE_TEXT) m->none = true;
        value |= !field || !carried(m, of);
    }
    if (value) list_value(m, slot);
    /* what is missing may hang on which of several results turn out equal, and how a walk goes on no plane at all */
    if (m->all && (s->walked || s->careful || (value && s->keys > 1))) m->none = true;
}

/* Known or not, of the fields that questions and results read. */
static void list_known(marks *m) {
    const kl_workspace *w = m->w;
    const kl_program *p = w->program;
    for (uint32_t f = 0; f < p->count[KL_S_FIELDS]; f++) {
        bool read = false;
        for (int kind = 0; kind < 2 && !read; kind++) {
            kl_section s = kind ? KL_S_RESULTS : KL_S_QUESTIONS;
            for (uint32_t i = 0; i < p->count[s] && !read; i++) {
                uint32_t first = kl_word(p, s, i, kind ? KL_R_FIRST_REF : KL_Q_FIRST_REF);
                uint32_t end = first + kl_word(p, s, i, kind ? KL_R_REFS : KL_Q_REFS);
                for (uint32_t r = first; r < end && !read; r++)
                    read = kl_word(p, KL_S_REFS, r, 0) == KL_REF_FIELD && kl_word(p, KL_S_REFS, r, 1) == f;
            }
        }
        const kl_column *c = &w->columns[f];
        if (read) plane(m, m->drawn && c->known ? c->known : kl_plane(w, KL_PLANE_NONE));
    }
}

/* Which editions are not at hand hangs on the record's date. */
static void list_days(marks *m) {
    const kl_workspace *w = m->w;
    const kl_program *p = w->program;
    uint32_t dated = kl_word(p, KL_S_GUIDELINE, 0, KL_G_DATED_BY);
    m->days = 0;
    for (uint32_t e = 0; e < p->count[KL_S_ENTRIES] && dated != KL_ABSENT; e++)
        for (int side = 0; side < 2; side++) {
            if (kl_e(p, e, side ? KL_E_AFTER : KL_E_BEFORE) != 1) continue;
            int64_t first =
                side ? (int64_t)kl_signed32(kl_e(p, e, KL_E_THROUGH)) + 1 : kl_signed32(kl_e(p, e, KL_E_FROM));
            const kl_column *c = &w->columns[dated];
            if (m->days == DAYS_MOST) m->none = true;
            if (m->days == DAYS_MOST || first <= KL_DATE_MIN || first > KL_DATE_MAX) continue;
            uint64_t *day = m->day[m->days++];
            if (m->drawn && c->known) {
                w->run.range(day, c->as.numbers, w->rows, (uint64_t)(int64_t)KL_DATE_MIN,
                             (uint64_t)(first - 1 - KL_DATE_MIN));
                for (uint32_t x = 0; x < w->words; x++) day[x] &= c->known[x];
            }
            plane(m, m->drawn && c->known ? day : kl_plane(w, KL_PLANE_NONE));
        }
}

/* Every answer that a record surely does not give, each plane once. */
static void list_answers(marks *m) {
    const kl_workspace *w = m->w;
    uint64_t seen[WAYS_MOST / 64] = {0};
    for (uint32_t i = 0; i < w->reach_count; i++) {
        uint32_t but = (w->reaches[i].but & ~KL_LAST) / KL_PLANE_BYTES;
        if (but >= WAYS_MOST) {
            m->none = true;
        } else if (!(seen[but / 64] >> (but % 64) & 1)) {
            seen[but / 64] |= UINT64_C(1) << (but % 64);
            plane(m, kl_plane(w, but));
        }
    }
}

static uint32_t list(marks *m, const kl_workspace *w, bool all, bool drawn) {
    const kl_program *p = w->program;
    m->w = w;
    m->planes = m->values = 0;
    m->none = false;
    m->drawn = drawn;
    m->all = all;
    for (uint32_t o = 0; o < p->count[KL_S_OUTCOMES]; o++) {
        uint32_t audited = kl_o(p, o, KL_O_AUDITED);
        if ((kl_o(p, o, KL_O_FLAGS) & KL_OUTCOME_MANY) || (audited != KL_ABSENT && !all)) return 0;
        list_slot(m, kl_o(p, o, KL_O_FIRST_SLOT));
        if (audited != KL_ABSENT) list_registered(m, audited);
    }
    if (all) {
        list_known(m);
        list_days(m);
        list_answers(m);
        if (p->period != KL_ABSENT) truth(m, w->literals[p->period] ^ 1);
        for (uint32_t c = 0; c < p->count[KL_S_CANDIDATES]; c++) {
            truth(m, w->literals[kl_c(p, c, KL_C_BY)] ^ 1);
            truth(m, w->literals[kl_c(p, c, KL_C_FIRES)]);
            truth(m, w->literals[kl_c(p, c, KL_C_FIRES)] ^ 1);
        }
    }
    m->named = m->values;
    for (uint32_t o = 0; o < p->count[KL_S_OUTCOMES]; o++) list_deciders(m, o);
    truth(m, w->literals[p->scope]);
    truth(m, w->literals[p->scope] ^ 1);
    if (p->period != KL_ABSENT) truth(m, w->literals[p->period]);
    for (uint32_t i = 0; i < p->count[KL_S_BLOCKS]; i++)
        for (uint32_t k = 1; k < 3; k++) truth(m, w->literals[kl_word(p, KL_S_BLOCKS, i, k)]);
    for (uint32_t i = 0; i < p->count[KL_S_REQUIREMENTS]; i++)
        truth(m, w->literals[kl_word(p, KL_S_REQUIREMENTS, i, 4)]);
    uint32_t words = (m->planes + 63) / 64 + 2 * m->values;
    return m->none || words > MARK_WORDS_MOST ? 0 : words;
}

/* The entries that decided an outcome, two words of each record; false: too many in some record. */
KL_APART bool name_deciders(const kl_workspace *w, uint32_t outcome, uint64_t *to, uint32_t words) {
    uint32_t at[KL_ROWS_MAX + 1], entries[BY_MOST * KL_ROWS_MAX];
    if (kl_by_rows(w, outcome, 0, at, entries, BY_MOST * KL_ROWS_MAX) > BY_MOST * KL_ROWS_MAX) return false;
    for (uint32_t row = 0; row < w->rows; row++, to += words) {
        uint32_t names[BY_MOST] = {KL_ABSENT, KL_ABSENT, KL_ABSENT}, n = at[row + 1] - at[row];
        if (n > BY_MOST) return false;
        memcpy(names, entries + at[row], n * sizeof *names);
        to[0] = (uint64_t)names[0] << 32 | names[1];
        to[1] = names[2];
    }
    return true;
}

/* Squares of half the side change places, then within each of the four likewise. */
void kl_plain_turn(uint64_t square[64]) {
    uint64_t mask = ~UINT64_C(0) >> 32;
    for (uint32_t side = 32; side > 0; side /= 2, mask ^= mask << side)
        for (uint32_t i = 0; i < 64; i = (i + side + 1) & ~side) {
            uint64_t both = (square[i] >> side ^ square[i + side]) & mask;
            square[i] ^= both << side;
            square[i + side] ^= both;
        }
}

uint32_t kl_mark_words(kl_workspace *w, bool all) {
    marks m;
    if (!w->step_count) kl_make_plan(w);
    return list(&m, w, all, false);
}

bool kl_marks(const kl_workspace *w, bool all, uint64_t *out) {
    marks m;
    if (all && w->walks) return false; /* so few records that no plane says what they answer */
    uint32_t words = list(&m, w, all, true), sides = (m.planes + 63) / 64;
    for (uint32_t side = 0; side < sides && words; side++) {
        uint32_t first = side * 64, count = m.planes - first < 64 ? m.planes - first : 64;
        for (uint32_t word = 0; word < w->words; word++) {
            uint64_t apart[64], *to = out + (size_t)word * 64 * words + side;
            uint32_t rows = kl_rows_of_word(w, word);
            uint64_t *square = words == 1 && rows == 64 ? to : apart;
            for (uint32_t i = 0; i < count; i++) square[i] = m.plane[first + i][word];
            for (uint32_t i = count; i < 64; i++) square[i] = 0;
            (w->run.turn ? w->run.turn : kl_plain_turn)(square);
            for (uint32_t row = 0; row < rows && square == apart; row++) to[(size_t)row * words] = square[row];
        }
    }
    for (uint32_t v = m.named; v < m.values && words; v++)
        if (!name_deciders(w, m.value[v], out + sides + 2 * (size_t)v, words)) return false;
    for (uint32_t v = 0; v < m.named && words; v++)
        for (uint32_t row = 0; row < w->rows; row++) {
            kl_result r;
            uint64_t *to = out + (size_t)row * words + sides + 2 * (size_t)v;
            bool received;
            if (m.value[v] & OF_FIELD)
                kl_field_value(w, m.value[v] & ~OF_FIELD, row, &received, &r);
            else
                kl_resolve(w, kl_decision_of(w, m.value[v], row), row, &r);
            to[0] = (uint64_t)r.number ^ (uintptr_t)r.text.data; /* a text is the image's, and then the number 0 */
            to[1] = r.state;
        }
    return words > 0;
}
