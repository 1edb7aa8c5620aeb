/* names.c - the symbol table: declaring names, finding them from where they are written, suggesting the nearest spelling.
 * May include: compiler/front.
 * Start at kl_front_find(); what a name may mean is a set of kinds, given by who asks. */
#include "compiler/front.h"

/* ------------------------------------------------------------------ maps */
static size_t hash_of(uint32_t space, kl_str key) {
    uint64_t h = UINT64_C(1469598103934665603) ^ space;
    for (size_t i = 0; i < key.n; i++) h = (h ^ (unsigned char)key.p[i]) * UINT64_C(1099511628211);
    return (size_t)(h ^ (h >> 29));
}

void kl_map_init(kl_map *m, kl_arena *a) {
    *m = (kl_map){.arena = a, .cap = 64};
    m->slots = kl_alloc_array(a, m->cap, sizeof *m->slots);
}

static kl_map_slot *slot_for(kl_map_slot *slots, size_t cap, uint32_t space, kl_str key) {
    size_t i = hash_of(space, key) & (cap - 1);
    while (slots[i].used && !(slots[i].space == space && kl_str_eq(slots[i].key, key))) i = (i + 1) & (cap - 1);
    return &slots[i];
}

uint32_t kl_map_add(kl_map *m, uint32_t space, kl_str key, uint32_t value) {
    if (m->n * 2 >= m->cap) {
        size_t cap = m->cap * 2;
        kl_map_slot *slots = kl_alloc_array(m->arena, cap, sizeof *slots);
        for (size_t i = 0; i < m->cap; i++)
            if (m->slots[i].used) *slot_for(slots, cap, m->slots[i].space, m->slots[i].key) = m->slots[i];
        m->slots = slots;
        m->cap = cap;
    }
    kl_map_slot *s = slot_for(m->slots, m->cap, space, key);
    if (s->used) return s->value;
    *s = (kl_map_slot){key, space, value, true};
    m->n++;
    return IR_NONE;
}

uint32_t kl_map_get(const kl_map *m, uint32_t space, kl_str key) {
    const kl_map_slot *s = slot_for(m->slots, m->cap, space, key);
    return s->used ? s->value : IR_NONE;
}

/* ------------------------------------------------------------------ declaring */
static uint32_t space_of(kl_symbol_kind kind) {
    return kind == KL_SYM_SET ? 1 : 0;
}

/* May two things bear one name? A field may share it (post.NAME says the field), and so may what no expression names. */
static bool clash(kl_symbol_kind a, kl_symbol_kind b) {
    if (a == b) return true;
    unsigned both = KL_KIND(a) | KL_KIND(b);
    unsigned field = KL_KIND(KL_SYM_FIELD);
    unsigned entry = KL_KIND(KL_SYM_CLAUSE) | KL_KIND(KL_SYM_RULE) | KL_KIND(KL_SYM_TABLE) |
                     KL_KIND(KL_SYM_REQUIREMENT) | KL_KIND(KL_SYM_ADVICE) | KL_KIND(KL_SYM_NOTE);
    if ((both & ~entry) == 0) return true; /* both are ids in the trace */
    unsigned finding = KL_KIND(KL_SYM_REQUIREMENT) | KL_KIND(KL_SYM_ADVICE) | KL_KIND(KL_SYM_OUTCOME);
    if ((both & ~finding) == 0) return true; /* both may be findings */
    return (both & ~(KL_IN_EXPRESSIONS & ~field)) == 0;
}

kl_symbol *kl_front_declare(kl_front *f, kl_symbol_kind kind, kl_name name, const kl_piece *piece) {
    kl_symbol *s = kl_alloc(f->arena, sizeof *s);
    *s = (kl_symbol){
        .kind = kind, .name = name.text, .file = f->file, .piece = piece, .span = name.span, .index = IR_NONE};
    if (name.text.n == 0) return s; /* the grammar has said it */
    uint32_t here = (uint32_t)f->symbols.n;
    uint32_t first = kl_map_add(&f->names, space_of(kind), name.text, here);
    KL_PUSH(f->arena, &f->symbols, s);
    if (first == IR_NONE) return s;
    kl_symbol *last = f->symbols.p[first];
    for (const kl_symbol *o = last; o; o = o->next)
        if (clash(o->kind, kind)) {
            kl_diag *d = kl_front_report(f, name.span, KL_D_NAME_TWICE, 1, name.text);
            kl_front_second(f, d, o->file, o->span, KL_N_FIRST_HERE, KL_NO_ARG);
            s->bad = true;
            break;
        }
    while (last->next) last = last->next;
    last->next = s;
    return s;
}

/* ------------------------------------------------------------------ finding */
bool kl_front_sees(const kl_front *f, uint32_t other) {
    size_t bit = (size_t)f->file * f->sources->files.n + other;
    return f->sees[bit / 64] >> (bit % 64) & 1;
}

/* post.NAME or record.NAME, in either surface, as ids are: leaves the name after the dot. */
bool kl_front_field_prefix(kl_str *name) {
    static const char *const prefixes[] = {"post.", "record."};
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(prefixes[i]);
        if (name->n <= n || memcmp(name->p, prefixes[i], n) != 0) continue;
        name->p += n;
        name->n -= n;
        return true;
    }
    return false;
}

typedef struct hits {
    kl_symbol *one, *two, *unseen, *other;
} hits;

static hits look(const kl_front *f, kl_str name, unsigned kinds) {
    hits h = {0};
    uint32_t first = kl_map_get(&f->names, kinds == KL_KIND(KL_SYM_SET) ? 1 : 0, name);
    for (kl_symbol *s = first == IR_NONE ? NULL : f->symbols.p[first]; s; s = s->next) {
        if (!kl_front_sees(f, s->file)) {
            if (!h.unseen || KL_KIND(s->kind) & kinds) h.unseen = s;
        } else if (!(KL_KIND(s->kind) & kinds)) {
            h.other = s;
        } else if (!h.one || h.one->bad) {
            h.one = s;
        } else if (!s->bad) {
            h.two = s;
        }
    }
    return h;
}

kl_symbol *kl_front_peek(kl_front *f, kl_name name, unsigned kinds) {
    kl_str text = name.text;
    if (kl_front_field_prefix(&text)) kinds &= KL_KIND(KL_SYM_FIELD);
    hits h = look(f, text, kinds);
    return h.two ? NULL : h.one;
}

kl_symbol *kl_front_find(kl_front *f, kl_name name, unsigned kinds, kl_diag_id unknown) {
    kl_str text = name.text;
    if (text.n == 0) return NULL;
    if (kl_front_field_prefix(&text)) kinds &= KL_KIND(KL_SYM_FIELD);
    hits h = look(f, text, kinds);
    if (h.two) {
        kl_diag *d = kl_front_report(f, name.span, KL_D_NAME_AMBIGUOUS, 3, text, kl_front_kind_word(f, h.one->kind),
                                     kl_front_kind_word(f, h.two->kind));
        kl_front_second(f, d, h.one->file, h.one->span, KL_N_DECLARED_HERE, KL_NO_ARG);
        h.one->used = h.two->used = true;
        return NULL;
    }
    if (h.one) {
        h.one->used = true;
        return h.one;
    }
    if (h.other) {
        kl_diag *d = kl_front_report(f, name.span, KL_D_NAME_WRONG_KIND, 2, text, kl_front_kind_word(f, h.other->kind));
        kl_front_second(f, d, h.other->file, h.other->span, KL_N_DECLARED_HERE, KL_NO_ARG);
    } else if (h.unseen) {
        kl_diag *d =
            kl_front_report(f, name.span, KL_D_NAME_UNSEEN, 2, text, f->sources->files.p[h.unseen->file]->path);
        kl_front_second(f, d, h.unseen->file, h.unseen->span, KL_N_DECLARED_HERE, KL_NO_ARG);
    } else {
        kl_str near = kl_front_suggest(f, text, kinds, IR_NONE);
        kl_front_report(f, name.span, unknown, 1, text)->suggestion = near;
    }
    return NULL;
}

/* ------------------------------------------------------------------ suggesting */
static void consider(kl_str wanted, kl_str name, size_t *best, kl_str *near) {
    size_t d = kl_str_distance(wanted, name, *best);
    if (d < *best || (d == *best && near->p && kl_str_cmp(name, *near) < 0)) *best = d, *near = name;
}

kl_str kl_front_suggest(kl_front *f, kl_str name, unsigned kinds, uint32_t set) {
    kl_str near = {0};
    size_t best = name.n / 4 + 2; /* every fourth letter may be wrong, and one */
    if (best > 4) best = 4;
    for (size_t i = 0; i < f->symbols.n; i++) {
        const kl_symbol *s = f->symbols.p[i];
        if (KL_KIND(s->kind) & kinds && kl_front_sees(f, s->file)) consider(name, s->name, &best, &near);
    }
    if (set != IR_NONE)
        for (size_t i = 0; i < f->g->sets.p[set].values.n; i++)
            consider(name, f->g->sets.p[set].values.p[i].name, &best, &near);
    return near;
}
