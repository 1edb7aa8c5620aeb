/* verify.c - admits an image or names the byte that is wrong: header, directory, padding, strings and every row of every table.
 * May include: verify.h of this room. One pass without memory; nothing is followed before it is checked.
 * Start at kl_verify(); forms[] says what each word of each table must be. */
#include "runtime/verify.h"

size_t kl_program_size(void) {
    return sizeof(kl_program);
}

/* ------------------------------------------------------------------ meaning */
/* Type, scale and value set: three words from `word` on. */
static const char *check_type(kl_exam *x, const uint8_t *row, uint32_t word) {
    uint32_t type = kl_at(row, word), scale = kl_at(row, word + 1), set = kl_at(row, word + 2), most = 65535;
    bool coded = type == KL_TYPE_VALUES || type == KL_TYPE_SET;
    x->at = word;
    if (type < KL_TYPE_BOOL || type > KL_TYPE_TEXT) return "not a type";
    x->at++;
    if (type == KL_TYPE_MONEY ? scale != 2 : type != KL_TYPE_DECIMAL && scale != 0)
        return "a scale that the type does not have";
    x->at++;
    if (coded != (set != KL_ABSENT)) return "a value set and a type that disagree";
    if (type == KL_TYPE_SET) most = 64;
    if (coded && kl_values_in(x->p, set) - 1 >= most) return "a value set of the wrong size for the type";
    return NULL;
}

static const char *check_guideline(kl_exam *x, const uint8_t *row) {
    uint32_t dated_by = kl_at(row, KL_G_DATED_BY);
    x->at = KL_G_DATED_BY;
    if (x->p->count[KL_S_GUIDELINE] != 1) return "not exactly one guideline";
    return dated_by != KL_ABSENT && kl_f(x->p, dated_by, KL_F_TYPE) != KL_TYPE_DATE ? "not a date" : NULL;
}

/* An optional constant of that type: present when `said`. */
static const char *check_value(kl_exam *x, const uint8_t *row, uint32_t word, uint32_t type, uint32_t set, bool said) {
    uint32_t index = kl_at(row, word);
    x->at = word;
    if (said != (index != KL_ABSENT)) return "a value and a flag that disagree";
    if (!said) return NULL;
    if (index >= x->p->count[type == KL_TYPE_TEXT ? KL_S_TEXTS : KL_S_CONSTS]) return "past its table";
    return type == KL_TYPE_TEXT || kl_fits(x->p, type, set, kl_const(x->p, index)) ? NULL
                                                                                   : "a value its type cannot hold";
}

static const char *check_field(kl_exam *x, const uint8_t *row) {
    const char *wrong = check_type(x, row, KL_F_TYPE);
    bool has = kl_at(row, KL_F_FLAGS) & KL_FIELD_DEFAULT;
    return wrong ? wrong : check_value(x, row, KL_F_DEFAULT, kl_at(row, KL_F_TYPE), kl_at(row, KL_F_SET), has);
}

static const char *check_assumption(kl_exam *x, const uint8_t *row) {
    const kl_program *p = x->p;
    uint32_t flags = kl_at(row, KL_A_FLAGS), type = kl_at(row, KL_A_TYPE);
    const char *wrong = check_type(x, row, KL_A_TYPE);
    if (!wrong && (type == KL_TYPE_SET || type == KL_TYPE_TEXT)) wrong = "a type that no assumption has";
    for (uint32_t k = KL_A_VALUE; k <= KL_A_HIGH && !wrong; k++)
        wrong = check_value(x, row, k, type, kl_at(row, KL_A_SET),
                            flags & (k == KL_A_VALUE ? KL_ASSUMPTION_VALUE : KL_ASSUMPTION_BOUNDED));
    if (wrong || !(flags & KL_ASSUMPTION_BOUNDED)) return wrong;
    int64_t low = kl_const(p, kl_at(row, KL_A_LOW)), high = kl_const(p, kl_at(row, KL_A_HIGH));
    int64_t value = flags & KL_ASSUMPTION_VALUE ? kl_const(p, kl_at(row, KL_A_VALUE)) : low;
    return low <= value && value <= high ? NULL : "bounds without the value";
}

static const char *check_entry(kl_exam *x, const uint8_t *row) {
    kl_program *p = x->p;
    uint32_t parent = kl_at(row, KL_E_PARENT), kind = kl_at(row, KL_E_KIND);
    x->at = KL_E_PARENT;
    if (parent != KL_ABSENT && parent >= x->row) return "a parent that is not before";
    if (kind > KL_ENTRY_SCOPE) return NULL;
    uint32_t *only = kind == KL_ENTRY_PERIOD ? &p->period_entry : &p->scope_entry;
    x->at = KL_E_KIND;
    if (*only != KL_ABSENT) return "a second period or scope";
    *only = x->row;
    if (kind == KL_ENTRY_PERIOD) p->period = kl_at(row, KL_E_TRUTH);
    return NULL;
}

static const char *check_ref(kl_exam *x, const uint8_t *row) {
    static const uint8_t table[] = {KL_S_FIELDS, KL_S_ASSUMPTIONS, KL_S_OUTCOMES, KL_S_ENTRIES};
    x->at = 1;
    return kl_at(row, 1) < x->p->count[table[kl_at(row, 0)]] ? NULL : "past its table";
}

static const char *check_outcome(kl_exam *x, const uint8_t *row) {
    const kl_program *p = x->p;
    uint32_t first = kl_at(row, KL_O_FIRST_SLOT), count = kl_at(row, KL_O_SLOTS), audited = kl_at(row, KL_O_AUDITED);
    bool many = kl_at(row, KL_O_FLAGS) & KL_OUTCOME_MANY;
    const char *wrong = many ? NULL : check_type(x, row, KL_O_TYPE);
    if (wrong) return wrong;
    x->at = KL_O_SLOTS;
    if (!many && (count != 1 || kl_at(row, KL_O_COLUMNS) != 0)) return "not one slot without columns";
    x->at = KL_O_FIRST_SLOT;
    if (first > p->count[KL_S_SLOTS] || count > p->count[KL_S_SLOTS] - first) return "past its table";
    for (uint32_t s = first; s < first + count; s++)
        if (kl_l(p, s, KL_L_OUTCOME) != x->row) return "a slot of another outcome";
    x->slots += count;
    x->at = KL_O_AUDITED;
    for (uint32_t k = 0; k < 3 && audited != KL_ABSENT; k++)
        if (many || kl_at(row, KL_O_TYPE + k) != kl_f(p, audited, KL_F_TYPE + k)) return "a field of another type";
    return NULL;
}

static const char *check_result(kl_exam *x, const uint8_t *row) {
    const kl_program *p = x->p;
    uint32_t value = kl_at(row, KL_R_VALUE), kind = kl_at(row, KL_R_KIND), bound = KL_ABSENT;
    x->at = KL_R_VALUE;
    if (kind == KL_RESULT_NONE) bound = KL_REASON_NOT_IN_FORCE + 1;
    if (kind == KL_RESULT_CONST) bound = p->count[KL_S_CONSTS];
    if (kind == KL_RESULT_TEXT || kind == KL_RESULT_EXTERNAL) bound = p->count[KL_S_TEXTS];
    if (kind == KL_RESULT_NUMBER) bound = p->budget.numbers;
    if (kind == KL_RESULT_FIELD) bound = p->count[KL_S_FIELDS];
    if (kind == KL_RESULT_OPEN) bound = p->count[KL_S_ENTRIES];
    return bound != KL_ABSENT && value >= bound ? "past its table" : NULL;
}

static const char *check_question(kl_exam *x, const uint8_t *row) {
    const kl_program *p = x->p;
    uint32_t kind = kl_at(row, KL_Q_KIND), source = kl_at(row, KL_Q_SOURCE), cells = kl_at(row, KL_Q_CELLS);
    uint32_t first = kl_at(row, KL_Q_FIRST_CUT), cuts = kl_at(row, KL_Q_CUTS), bound = p->count[KL_S_FIELDS], type = 0;
    bool codes = kind == KL_Q_VALUES || kind == KL_Q_CODES, ordered = kind == KL_Q_NUMBER || kind == KL_Q_DERIVED;
    x->at = KL_Q_SOURCE;
    if (kind == KL_Q_TRUTH) bound = p->budget.truths;
    if (kind == KL_Q_DERIVED || kind == KL_Q_CODES) bound = p->budget.numbers;
    if (kind == KL_Q_EDITION) bound = p->count[KL_S_ENTRIES];
    if (kind == KL_Q_SAME) bound = p->count[KL_S_RESULTS];
    if (source >= bound) return "past its table";
    if (kind == KL_Q_VALUES || kind == KL_Q_NUMBER || kind == KL_Q_TEXT) type = kl_f(p, source, KL_F_TYPE);
    if (type && (kind == KL_Q_VALUES ? type != KL_TYPE_VALUES
                 : kind == KL_Q_TEXT ? type != KL_TYPE_TEXT
                                     : !kl_is_numeric(type)))
        return "a field of another type";
    x->at = KL_Q_CELLS;
    bool fit = codes                          ? cells - 1 < cuts /* a cell without codes is none */
               : ordered || kind == KL_Q_TEXT ? cells == cuts + 1
                                              : cells == 2 && cuts == (kind == KL_Q_SAME);
    if (!fit || (kind == KL_Q_VALUES && cuts != kl_values_in(p, kl_f(p, source, KL_F_SET))))
        return "cells and cuts that disagree";
    x->at = KL_Q_FLAGS;
    bool tagged = kind == KL_Q_DERIVED || kind == KL_Q_CODES || kind == KL_Q_SAME;
    if (kl_at(row, KL_Q_FLAGS) && !tagged) return "never none";
    if (kl_at(row, KL_Q_FLAGS) > KL_QUESTION_FLAGS) return "no such flag";
    uint32_t most = codes               ? cells
                    : ordered           ? p->count[KL_S_CONSTS]
                    : kind == KL_Q_TEXT ? p->count[KL_S_TEXTS]
                                        : p->count[KL_S_RESULTS];
    for (uint32_t k = first; k < first + cuts; k++) {
        uint32_t cut = kl_word1(p, KL_S_CUTS, k);
        if (cut >= most) return kl_blame(x, KL_S_CUTS, k, 0, "past its table, or its cells");
        if (ordered && k > first && kl_const(p, cut) <= kl_const(p, kl_word1(p, KL_S_CUTS, k - 1)))
            return kl_blame(x, KL_S_CUTS, k, 0, "cuts that do not ascend");
    }
    return NULL;
}

/* ------------------------------------------------------------------ tables */
/* One letter for each word of a row. S. a string (two words); capitals: an index that must be there, F field, E entry, B truth register,
 * O outcome, R result; small letters: the same or none, also c value set, i constant, q requirement. A digit: at most that; h at most
 * 15, k an entry kind, y a type, z a scale. ( and ) first and count in REFS; [ and ] first and count in a tiled table, in the order of
 * `tiled`. * is for check_row's switch, or may be anything. */
typedef struct form {
    char words[24];
    uint8_t tiled[2];
} form;
#define OF(section) [(section)-KL_S_TEXTS]
static const form forms[] = {
    /* the tables between have rows of words and a form */
    OF(KL_S_TEXTS) = {"S.", {0}},
    OF(KL_S_SOURCES) = {"S.********", {0}},
    OF(KL_S_GUIDELINE) = {"S.S.S.S.S.S.S.**22ffB", {0}},
    OF(KL_S_SETS) = {"S.S.[]", {KL_S_VALUES}},
    OF(KL_S_VALUES) = {"S.S.[]", {KL_S_CODES}},
    OF(KL_S_CODES) = {"S.", {0}},
    OF(KL_S_FIELDS) = {"S.S.yzch*[]", {KL_S_INPUTS}},
    OF(KL_S_INPUTS) = {"S.", {0}},
    OF(KL_S_ASSUMPTIONS) = {"S.S.S.yzc3iii", {0}},
    OF(KL_S_ENTRIES) = {"S.S.S.S.S.S.keb2**22q()", {0}},
    OF(KL_S_REFS) = {"3*", {0}},
    OF(KL_S_OUTCOMES) = {"S.S.yzc3f[]**", {KL_S_COLUMNS}},
    OF(KL_S_COLUMNS) = {"S.yzc", {0}},
    OF(KL_S_SLOTS) = {"ORRR[]*[]**", {KL_S_CANDIDATES, KL_S_NODES}},
    OF(KL_S_RESULTS) = {"9*()", {0}},
    OF(KL_S_CANDIDATES) = {"ERBB()", {0}},
    OF(KL_S_REQUIREMENTS) = {"E1BBB", {0}},
    OF(KL_S_BLOCKS) = {"EBB", {0}},
    OF(KL_S_QUESTIONS) = {"7**[]*()", {KL_S_CUTS}},
};

/* The number of things that a letter's index must stay below. */
static uint32_t bound_of(const kl_program *p, char letter) {
    static const char letters[] = "feicqOR";
    static const uint8_t table[] = {KL_S_FIELDS,       KL_S_ENTRIES,  KL_S_CONSTS, KL_S_SETS,
                                    KL_S_REQUIREMENTS, KL_S_OUTCOMES, KL_S_RESULTS};
    for (uint32_t k = 0; k < sizeof table; k++)
        if (letter == letters[k] || (k < 2 && letter == (char)(letters[k] - 'a' + 'A'))) return p->count[table[k]];
    switch (letter) {
    case 'b':
    case 'B': return p->budget.truths;
    case 'h': return 16;
    case 'k': return KL_ENTRY_NOTE + 1;
    case 'y': return KL_TYPE_TEXT + 1;
    case 'z': return 19;
    default: return (uint32_t)(letter - '0') + 1;
    }
}

static bool inside(uint32_t first, uint32_t count, uint32_t all) {
    return first <= all && count <= all - first;
}

static bool string_ok(const kl_program *p, uint32_t offset, uint32_t size) {
    const uint8_t *bytes = p->table[KL_S_STRINGS];
    uint32_t all = p->count[KL_S_STRINGS], end = offset + size;
    if (!inside(offset, size, all)) return false; /* nor may an end stand inside a character */
    return (offset == all || (bytes[offset] & 0xC0) != 0x80) && (end == all || (bytes[end] & 0xC0) != 0x80);
}

static const char *check_row(kl_exam *x, const form *f, const uint8_t *row, uint32_t next[2]) {
    const kl_program *p = x->p;
    uint32_t tile = 0;
    for (uint32_t k = 0; f->words[k]; k++) {
        char letter = f->words[k];
        uint32_t v = kl_at(row, k), after = f->words[k + 1] ? kl_at(row, k + 1) : 0;
        x->at = k;
        if (letter == '*' || letter == '.' || letter == ')' || letter == ']') continue;
        if (letter == 'S') {
            if (!string_ok(p, v, after)) return "a string outside STRINGS, or with half a character";
        } else if (letter == '(') {
            if (!inside(v, after, p->count[KL_S_REFS])) return "past its table";
        } else if (letter == '[') {
            if (v != next[tile]) return "rows that do not follow the row before's";
            if (!inside(v, after, p->count[f->tiled[tile]])) return "past its table";
            next[tile++] = v + after;
        } else if (v >= bound_of(p, letter)) {
            bool optional = letter >= 'a' && letter <= 'q' && letter != 'h' && letter != 'k';
            if (!optional || v != KL_ABSENT) return "past its table, or without a meaning";
        }
    }
    switch (x->section) { /* what no letter says */
    case KL_S_GUIDELINE: return check_guideline(x, row);
    case KL_S_FIELDS: return check_field(x, row);
    case KL_S_ASSUMPTIONS: return check_assumption(x, row);
    case KL_S_ENTRIES: return check_entry(x, row);
    case KL_S_REFS: return check_ref(x, row);
    case KL_S_OUTCOMES: return check_outcome(x, row);
    case KL_S_COLUMNS: return check_type(x, row, 2);
    case KL_S_RESULTS: return check_result(x, row);
    case KL_S_QUESTIONS: return check_question(x, row);
    default: return NULL;
    }
}

static const char *check_tables(kl_exam *x) {
    const kl_program *p = x->p;
    const char *wrong;
    for (uint32_t s = KL_S_TEXTS; s <= KL_S_QUESTIONS; s++) {
        const form *f = &forms[s - KL_S_TEXTS];
        uint32_t next[2] = {0, 0};
        for (uint32_t row = 0; row < p->count[s]; row++) {
            x->section = (kl_section)s;
            x->row = row;
            wrong = check_row(x, f, kl_row(p, (kl_section)s, row), next);
            if (wrong) return wrong;
        }
        for (uint32_t t = 0; t < 2 && f->tiled[t]; t++)
            if (next[t] != p->count[f->tiled[t]])
                return kl_blame(x, f->tiled[t], next[t], 0, "rows that belong to nothing");
    }
    if (p->count[KL_S_GUIDELINE] != 1) return kl_blame(x, KL_S_GUIDELINE, 0, 0, "not exactly one guideline");
    return x->slots == p->count[KL_S_SLOTS] ? NULL : kl_blame(x, KL_S_SLOTS, 0, 0, "a slot that no outcome has");
}

/* ------------------------------------------------------------------ bytes */
/* Where STRINGS is not UTF-8, or its size. */
static uint32_t utf8_end(const kl_program *p) {
    const uint8_t *s = p->table[KL_S_STRINGS];
    uint32_t n = p->count[KL_S_STRINGS], i = 0;
    while (i < n) {
        uint32_t c = s[i], more = c < 0x80 ? 0 : c < 0xC2 ? 4 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : c < 0xF5 ? 3 : 4;
        if (more == 4 || more > n - i - 1) return i;
        for (uint32_t k = 1; k <= more; k++) {
            if ((s[i + k] & 0xC0) != 0x80) return i;
            c = c << 6 | (s[i + k] & 0x3F);
        }
        if (more == 2) c &= 0xFFFF;
        if (more == 3) c &= 0x1FFFFF;
        if ((more == 2 && (c < 0x800 || (c >= 0xD800 && c < 0xE000))) || (more == 3 && (c < 0x10000 || c > 0x10FFFF)))
            return i;
        i += more + 1;
    }
    return n;
}

/* The header and the directory. Faults are told by their byte: *at. */
static const char *check_frame(kl_program *p, size_t *at) {
    const uint8_t *image = p->image;
    size_t end = KL_H_DIRECTORY + KL_S_COUNT * 8;
    *at = p->size;
    if (p->size < end) return "shorter than a header";
    *at = KL_H_MAGIC;
    if (memcmp(image, KL_IMAGE_MAGIC, 8) != 0) return "not a compiled guideline";
    uint32_t version = kl_load32(image + (*at = KL_H_VERSION));
    if (version >> 16 != KL_IMAGE_MAJOR || (version & 0xFFFF) > KL_IMAGE_MINOR)
        return "a version of the format that is not known here";
    if (kl_load32(image + (*at = KL_H_SIZE)) != p->size) return "another size than the header says";
    if (kl_load64(image + (*at = KL_H_CHECKSUM)) != kl_checksum(image, p->size)) return "damaged: another checksum";
    if (kl_load32(image + (*at = KL_H_SECTIONS)) != KL_S_COUNT) return "not the sections of this format";
    for (uint32_t s = 0; s < KL_S_COUNT; s++) {
        size_t entry = KL_H_DIRECTORY + (size_t)s * 8;
        for (; end % 8 != 0; end++)
            if ((*at = end) >= p->size || image[end] != 0) return "padding that is not zero";
        *at = entry;
        if (kl_load32(image + entry) != end) return "a section that begins elsewhere";
        *at = entry + 4;
        p->table[s] = image + end;
        p->count[s] = kl_load32(image + *at);
        if (p->count[s] > (p->size - end) / kl_stride((kl_section)s)) return "a section past the end";
        end += (size_t)p->count[s] * kl_stride((kl_section)s);
    }
    *at = end;
    return end == p->size ? NULL : "bytes after the last section";
}

static const char *check_budget(kl_program *p, size_t *at) {
    static const struct {
        uint8_t header, table;
    } most[] = {{KL_H_B_REGISTERS, KL_S_CODE},
                {KL_H_N_REGISTERS, KL_S_CODE},
                {KL_H_SLOTS, KL_S_SLOTS},
                {KL_H_WALK_NODES, KL_S_NODES},
                {KL_H_WALK_EDGES, KL_S_EDGES}};
    for (uint32_t k = 0; k < sizeof most / sizeof *most; k++)
        if (kl_load32(p->image + (*at = most[k].header)) > p->count[most[k].table])
            return "a budget larger than its table";
    p->budget = (kl_counts){.truths = kl_load32(p->image + KL_H_B_REGISTERS),
                            .numbers = kl_load32(p->image + KL_H_N_REGISTERS),
                            .slots = kl_load32(p->image + KL_H_SLOTS),
                            .nodes = kl_load32(p->image + KL_H_WALK_NODES),
                            .edges = kl_load32(p->image + KL_H_WALK_EDGES)};
    kl_layout_of(p->count, &p->budget, &p->layout);
    *at = KL_H_SCRATCH;
    if (kl_load64(p->image + KL_H_SCRATCH) != p->layout.at[KL_P_COUNT]) return "another workspace than is needed";
    if (p->layout.at[KL_P_COUNT] > UINT32_MAX / 2) return "a workspace too large";
    *at = (size_t)(p->table[KL_S_STRINGS] - p->image) + utf8_end(p);
    return *at == (size_t)(p->table[KL_S_STRINGS] - p->image) + p->count[KL_S_STRINGS] ? NULL : "not UTF-8";
}

const kl_program *kl_verify(void *memory, size_t memory_size, const void *image, size_t image_size, kl_fault *fault) {
    kl_program *p = memory;
    kl_exam x = {.p = p};
    size_t at = 0;
    const char *wrong = "no memory, too little, or not aligned";
    if (memory && memory_size >= sizeof *p && (uintptr_t)memory % _Alignof(kl_program) == 0) {
        memset(p, 0, sizeof *p);
        p->image = image;
        p->size = image ? image_size : 0;
        p->period = p->period_entry = p->scope_entry = KL_ABSENT;
        wrong = check_frame(p, &at);
        if (!wrong) wrong = check_budget(p, &at);
        if (!wrong) {
            wrong = check_tables(&x);
            if (!wrong) {
                p->scope = kl_word(p, KL_S_GUIDELINE, 0, KL_G_SCOPE);
                wrong = kl_verify_code(&x);
            }
            at = (size_t)(p->table[x.section] - p->image) + (size_t)x.row * kl_stride(x.section) + (size_t)x.at * 4;
        }
    }
    if (fault) *fault = (kl_fault){wrong ? at : 0, KL_INDEX_NONE, wrong};
    return wrong ? NULL : p;
}
