/* walk.c - a slot's diagram for one record: every answer is tried where the record leaves a question open.
 * May include: program.h of this room. No recursion: nodes lie children first, a stack holds what is under way, stamps spare clearing.
 * Start at kl_walk_next() (which results can be reached), then reduce() (the function itself, reduced, and so what is missing). */
#include "runtime/program.h"

uint32_t kl_new_stamp(kl_workspace *w) {
    if (++w->stamp == 0) { /* after 2^32 walks old stamps could be taken for new ones */
        const kl_layout *at = &w->program->layout;
        memset(w->answers, 0, (size_t)(at->at[KL_P_PENDING] - at->at[KL_P_ANSWERS]));
        w->stamp = 1;
    }
    return w->stamp;
}

/* ------------------------------------------------------------------ questions */
/* Answers that are tags, after the cells. */
enum { EDGE_ERROR, EDGE_NONE, EDGE_NOT_STATED, EDGE_EXTERNAL, EDGE_CONFLICT };

/* How many cuts lie at or below v: the cell of v. */
static uint32_t cell_of(const kl_program *p, const uint8_t *question, int64_t v) {
    uint32_t first = kl_at(question, KL_Q_FIRST_CUT), below = 0, above = kl_at(question, KL_Q_CUTS);
    while (below < above) {
        uint32_t middle = below + (above - below) / 2;
        if (kl_const(p, kl_word1(p, KL_S_CUTS, first + middle)) <= v)
            below = middle + 1;
        else
            above = middle;
    }
    return below;
}

static uint32_t code_cell(const kl_program *p, const uint8_t *question, int64_t code) {
    if ((uint64_t)code >= kl_at(question, KL_Q_CUTS)) return kl_at(question, KL_Q_CELLS) + EDGE_ERROR;
    return kl_word1(p, KL_S_CUTS, kl_at(question, KL_Q_FIRST_CUT) + (uint32_t)code);
}

static uint32_t text_cell(const kl_program *p, const uint8_t *question, kl_string text) {
    uint32_t first = kl_at(question, KL_Q_FIRST_CUT), count = kl_at(question, KL_Q_CUTS), k = 0;
    while (k < count && !kl_same_string(text, kl_text(p, kl_word1(p, KL_S_CUTS, first + k)))) k++;
    return k;
}

/* Whether two results of the image are the same in this record. */
static uint32_t ask_same(const kl_workspace *w, const uint8_t *question, uint32_t row) {
    uint32_t cells = kl_at(question, KL_Q_CELLS);
    kl_result a, b;
    kl_resolve(w, kl_at(question, KL_Q_SOURCE), row, &a);
    kl_resolve(w, kl_word1(w->program, KL_S_CUTS, kl_at(question, KL_Q_FIRST_CUT)), row, &b);
    if (a.state == KL_CONFLICT || b.state == KL_CONFLICT) return 0;
    if (a.state == KL_UNDETERMINED || b.state == KL_UNDETERMINED) return KL_ABSENT;
    if (a.state == KL_FAILED || b.state == KL_FAILED) return cells + EDGE_ERROR;
    return kl_same_result(&a, &b);
}

/* The answer that the record gives, or KL_ABSENT. */
uint32_t kl_answer_of(const kl_workspace *w, const uint8_t *question, uint32_t row) {
    static const uint8_t edge_of_tag[] = {0, 0,         EDGE_NONE, EDGE_NOT_STATED, EDGE_EXTERNAL, EDGE_CONFLICT,
                                          0, EDGE_ERROR};
    const kl_program *p = w->program;
    uint32_t source = kl_at(question, KL_Q_SOURCE), kind = kl_at(question, KL_Q_KIND);
    kl_held held = {0, {NULL, 0}};
    if (kind == KL_Q_TRUTH) {
        kl_truth t = kl_truth_at(w, source, row);
        return t == KL_UNKNOWN ? KL_ABSENT : t == KL_YES;
    }
    if (kind == KL_Q_SAME) return ask_same(w, question, row);
    if (kind == KL_Q_EDITION) return KL_ABSENT;
    if (kind == KL_Q_DERIVED || kind == KL_Q_CODES) {
        uint8_t tag = kl_tags(w, source)[row];
        if (tag == KL_TAG_UNKNOWN || tag == KL_TAG_UNSURE) return KL_ABSENT;
        if (tag != KL_TAG_VALUE) return kl_at(question, KL_Q_CELLS) + edge_of_tag[tag];
        held.number = kl_numbers(w, source)[row];
    } else if (!kl_field(w, source, row, &held)) {
        return KL_ABSENT;
    }
    if (kind == KL_Q_TEXT) return text_cell(p, question, held.text);
    return kind == KL_Q_VALUES || kind == KL_Q_CODES ? code_cell(p, question, held.number)
                                                     : cell_of(p, question, held.number);
}

uint32_t kl_answers(const kl_program *p, uint32_t question) {
    const uint8_t *q = kl_row(p, KL_S_QUESTIONS, question);
    uint32_t kind = kl_at(q, KL_Q_KIND);
    bool tags = kind == KL_Q_DERIVED || kind == KL_Q_CODES || kind == KL_Q_SAME;
    return kl_at(q, KL_Q_CELLS) + (tags ? 5u : 0u);
}

/* By the bits of the question's flags: the tags that an unknown answer may turn out to be. */
static const uint8_t edge_of_flag[] = {EDGE_NONE, EDGE_ERROR, EDGE_NOT_STATED, EDGE_EXTERNAL, EDGE_CONFLICT};

void kl_answer_all(kl_workspace *w, uint32_t question) {
    static const uint8_t flag_of_edge[] = {1, 0, 2, 3, 4};
    const uint8_t *q = kl_row(w->program, KL_S_QUESTIONS, question);
    uint32_t flags = kl_at(q, KL_Q_FLAGS), cells = kl_at(q, KL_Q_CELLS), answers = kl_answers(w->program, question);
    size_t four = 4 * (size_t)w->words; /* planes for each answer */
    uint64_t *never = kl_plane(w, w->asked[question]);
    memset(never, 0xFF, answers * four * sizeof *never);
    for (uint32_t row = 0; row < w->rows; row++) {
        uint32_t given = kl_answer_of(w, q, row), a = given == KL_ABSENT ? 0 : given;
        for (uint32_t end = given == KL_ABSENT ? answers : given + 1; a < end; a++)
            if (a == given || a < cells || flags >> flag_of_edge[a - cells] & 1)
                never[a * four + 3 * w->words + row / 64] &= ~(UINT64_C(1) << (row % 64));
    }
}

static uint32_t tags_among(uint32_t flags) { /* how many */
    uint32_t n = 0;
    for (; flags; flags &= flags - 1) n++;
    return n;
}

static void branch(kl_workspace *w, uint32_t node, uint32_t row, uint32_t stamp, kl_branches *out) {
    const kl_program *p = w->program;
    out->question = kl_word(p, KL_S_NODES, node, 0);
    out->edge = kl_word(p, KL_S_NODES, node, 1);
    const uint8_t *question = kl_row(p, KL_S_QUESTIONS, out->question);
    kl_stamped *known = &w->answers[out->question]; /* asked once in a walk */
    if (known->stamp != stamp) *known = (kl_stamped){stamp, kl_answer_of(w, question, row)};
    out->open = known->value == KL_ABSENT; /* then its cells are tried, and the tags that it may turn out to be */
    out->cells = kl_at(question, KL_Q_CELLS);
    out->tags = kl_at(question, KL_Q_FLAGS) & (out->values ? KL_QUESTION_MAY_BE_NONE : KL_QUESTION_FLAGS);
    out->count = out->open ? out->cells + tags_among(out->tags) : 1;
    if (!out->open) out->edge += known->value;
}

static uint32_t child_of(const kl_program *p, const kl_branches *b, uint32_t i) {
    uint32_t flags = b->tags;
    if (i < b->cells) return kl_word1(p, KL_S_EDGES, b->edge + i);
    for (uint32_t n = i - b->cells; n > 0; n--) flags &= flags - 1;
    return kl_word1(p, KL_S_EDGES, b->edge + b->cells + edge_of_flag[kl_ones(flags)]);
}

/* ------------------------------------------------------------------ what can be reached */
void kl_walk_start(kl_walk *k, kl_workspace *w, uint32_t slot, uint32_t row, bool values) {
    const uint8_t *l = kl_row(w->program, KL_S_SLOTS, slot);
    memset(k, 0, sizeof *k);
    k->w = w;
    k->slot = slot;
    k->row = row;
    k->base = kl_at(l, KL_L_FIRST_NODE);
    k->stamp = kl_new_stamp(w);
    k->root = kl_at(l, KL_L_ROOT);
    k->rows = k->root == KL_ABSENT;
    k->node.values = values;
    while (!(k->root & KL_TERMINAL)) { /* down while the record answers */
        branch(w, k->root, row, k->stamp, &k->node);
        k->root = k->node.open ? KL_ABSENT : kl_word1(w->program, KL_S_EDGES, k->node.edge);
    }
}

bool kl_walk_next(kl_walk *k, uint32_t *result) {
    kl_node *nodes = k->w->nodes;
    uint32_t child = k->root;
    k->root = KL_ABSENT;
    if (k->rows) return kl_agree_next(k, result);
    while (child == KL_ABSENT || !(child & KL_TERMINAL)) {
        if (child != KL_ABSENT && nodes[child - k->base].stamp != k->stamp) {
            nodes[child - k->base].stamp = k->stamp;
            nodes[k->depth++].frame = child;
        }
        if (k->at == k->node.count) {
            if (k->depth == 0) return false;
            branch(k->w, nodes[--k->depth].frame, k->row, k->stamp, &k->node);
            k->at = 0;
        }
        child = child_of(k->w->program, &k->node, k->at++);
    }
    *result = child & ~KL_TERMINAL;
    return true;
}

uint32_t kl_walk_decide(kl_workspace *w, uint32_t slot, uint32_t row) {
    kl_walk k;
    uint32_t found, next;
    kl_result first, other;
    kl_walk_start(&k, w, slot, row, false);
    if (k.root != KL_ABSENT) return k.root & ~KL_TERMINAL; /* nothing is open */
    if (k.rows && kl_agree_clash(w, slot, row, &found)) return found;
    found = KL_DECISION_UNDETERMINED;
    while (kl_walk_next(&k, &next)) {
        if (next == found) continue;
        if (found == KL_DECISION_UNDETERMINED) {
            found = next;
            kl_resolve(w, found, row, &first);
            continue;
        }
        kl_resolve(w, next, row, &other);
        if (first.state == KL_UNDETERMINED || !kl_same_result(&first, &other)) return KL_DECISION_UNDETERMINED;
        if (first.reason != other.reason) {
            found = KL_DECISION_NONE;
            first.reason = 0;
        }
    }
    return found;
}

/* ------------------------------------------------------------------ the function, reduced bottom-up */
typedef struct reduction {
    kl_workspace *w;
    uint32_t row, stamp, base;
    uint32_t nodes, edges;    /* reduced nodes; the pool's edges in use */
    uint32_t plain, variable; /* lists of classes: constants; results that may equal another one. KL_ABSENT ends them */
} reduction;

/* Results that are constants differ from each other; what is computed or carried over may equal any other, none (for whatever reason) none. */
static bool is_variable(const kl_program *p, uint32_t result) {
    uint32_t kind = kl_r(p, result, KL_R_KIND);
    return kind == KL_RESULT_NUMBER || kind == KL_RESULT_FIELD || kind == KL_RESULT_NONE;
}

static uint32_t find_class(reduction *x, uint32_t list, uint32_t result) {
    while (list != KL_ABSENT && !kl_same_in_row(x->w, result, list, x->row)) list = x->w->results[list].next;
    return list;
}

static uint32_t class_of(reduction *x, uint32_t result) {
    kl_class *c = &x->w->results[result];
    if (c->stamp != x->stamp) {
        bool variable = is_variable(x->w->program, result);
        uint32_t same = find_class(x, x->variable, result);
        if (same == KL_ABSENT && variable) same = find_class(x, x->plain, result);
        *c = (kl_class){x->stamp, same != KL_ABSENT ? same : result, KL_ABSENT};
        if (same == KL_ABSENT) {
            uint32_t *list = variable ? &x->variable : &x->plain;
            c->next = *list;
            *list = result;
        }
    }
    return KL_TERMINAL | c->same;
}

/* The node of that question with the `count` edges at the end of the pool: one of them when all are equal, else the one such node. */
static uint32_t unique(reduction *x, uint32_t question, uint32_t count) {
    kl_workspace *w = x->w;
    const uint32_t *edges = w->edges + x->edges;
    uint32_t same = 1, hash = question * 0x9E3779B1u;
    for (uint32_t i = 0; i < count; i++) {
        same += i > 0 && edges[i] == edges[0];
        hash = (hash ^ edges[i]) * 0x85EBCA6Bu;
        hash ^= hash >> 13;
    }
    if (same == count) return edges[0];
    kl_stamped *bucket = &w->buckets[hash & (w->program->layout.bucket_count - 1)];
    if (bucket->stamp != x->stamp) *bucket = (kl_stamped){x->stamp, KL_ABSENT};
    for (uint32_t n = bucket->value; n != KL_ABSENT; n = w->nodes[n].chain)
        if (w->nodes[n].question == question && memcmp(w->edges + w->nodes[n].first, edges, count * sizeof *edges) == 0)
            return n;
    kl_node *node = &w->nodes[x->nodes];
    node->question = question;
    node->first = x->edges;
    node->chain = bucket->value;
    bucket->value = x->nodes;
    x->edges += count;
    return x->nodes++;
}

/* What a child of the image comes to; false when it is a node not yet reduced. */
static bool reduced(reduction *x, uint32_t child, uint32_t *to) {
    if (child & KL_TERMINAL) {
        *to = class_of(x, child & ~KL_TERMINAL);
        return true;
    }
    *to = x->w->nodes[child - x->base].reduced;
    return x->w->nodes[child - x->base].stamp == x->stamp;
}

static uint32_t reduce(reduction *x, uint32_t root) {
    kl_workspace *w = x->w;
    uint32_t depth = 0, to = 0, child = root;
    if (reduced(x, root, &to)) return to;
    for (;;) {
        if (child != KL_ABSENT) { /* a node on the way down */
            w->nodes[depth].frame = child;
            w->nodes[depth++].next = 0;
        }
        kl_node *top = &w->nodes[depth - 1];
        kl_branches b = {.values = false};
        branch(w, top->frame, x->row, x->stamp, &b);
        for (child = KL_ABSENT; top->next < b.count && child == KL_ABSENT; top->next++) {
            uint32_t next = child_of(w->program, &b, top->next);
            if (!reduced(x, next, &to)) child = next;
        }
        if (child != KL_ABSENT) continue;
        for (uint32_t i = 0; i < b.count; i++) {
            (void)reduced(x, child_of(w->program, &b, i), &to);
            w->edges[x->edges + i] = to;
        }
        to = unique(x, b.question, b.count);
        w->nodes[top->frame - x->base].stamp = x->stamp;
        w->nodes[top->frame - x->base].reduced = to;
        if (--depth == 0) return to;
    }
}

/* Bottom-up, no node is made that the root does not reach: every reduced node's question and every class of results counts. */
void kl_walk_wait(kl_workspace *w, uint32_t slot, uint32_t row, const kl_waiting *into) {
    const kl_program *p = w->program;
    const uint8_t *l = kl_row(p, KL_S_SLOTS, slot);
    reduction x = {.w = w, .row = row, .base = kl_at(l, KL_L_FIRST_NODE), .plain = KL_ABSENT, .variable = KL_ABSENT};
    x.stamp = kl_new_stamp(w);
    (void)reduce(&x, kl_at(l, KL_L_ROOT));
    for (uint32_t n = 0; n < x.nodes; n++) {
        const uint8_t *question = kl_row(p, KL_S_QUESTIONS, w->nodes[n].question);
        if (kl_at(question, KL_Q_KIND) == KL_Q_EDITION) kl_wait_edition(kl_at(question, KL_Q_SOURCE), into);
        kl_wait_refs(w, kl_at(question, KL_Q_FIRST_REF), kl_at(question, KL_Q_REFS), slot, row, into);
    }
    for (uint32_t r = x.plain; r != KL_ABSENT; r = w->results[r].next) kl_wait_result(w, r, slot, row, into);
    for (uint32_t r = x.variable; r != KL_ABSENT; r = w->results[r].next) kl_wait_result(w, r, slot, row, into);
}
