/* words.c - tells keywords from names: phrases of several words, line heads, words that depend on their place.
 * May include: lang/reader.h and the grammar's token numbers.
 * Start at kl_find_keywords(); catalogue.def says where each word is a keyword. */
#include "lang/parse.h"
#include "lang/reader.h"

typedef struct resolver {
    kl_reader *r;
    const kl_word_index *index;
    kl_surface surface;
    size_t at;       /* raw token being looked at */
    int before;      /* the token before it */
    int piece, head; /* tokens of the piece and the line it stands in */
    bool many;       /* in `utfall … flera` */
    bool gridded;    /* the piece's table has begun */
    bool heading;    /* in its first row */
    unsigned ifs;    /* `om` waiting for their `annars` */
    unsigned rounds; /* `avrunda` waiting for their way of rounding */
} resolver;

/* The composed text of a word: pasted text may spell å as a and a ring. */
static kl_str word_at(const resolver *v, size_t i) {
    if (v->r->spelled.n) return v->r->spelled.p[i];
    const kl_token *t = &v->r->raw.p[i];
    return kl_utf8_compose(v->r->arena, kl_token_text(v->r->file, t->span));
}

static int raw_kind(const resolver *v, size_t i) {
    return i < v->r->raw.n ? v->r->raw.p[i].kind : 0;
}

bool kl_joins(int token) {
    switch (token) {
    case T_PLUS:
    case T_MINUS:
    case T_STAR:
    case T_SLASH:
    case T_EQ:
    case T_NE:
    case T_LT:
    case T_LE:
    case T_GT:
    case T_GE:
    case T_RANGE:
    case T_AND:
    case T_OR:
    case T_NOT:
    case T_IMPLIES:
    case T_IN:
    case T_BETWEEN:
    case T_HAS:
    case T_LACKS: return true;
    default: return false;
    }
}

/* An operand is sure to follow: a line that begins here goes on with the line before. */
static bool goes_on(int before) {
    if (kl_joins(before)) return true;
    switch (before) {
    case T_COMMA:
    case T_COLON:
    case T_OPEN_PAREN:
    case T_BREACHED:
    case T_IF:
    case T_THEN:
    case T_ELSE:
    case T_OTHERWISE:
    case T_YEARS:
    case T_MONTHS:
    case T_DAYS:
    case T_ROUND: return true;
    default: return false;
    }
}

static bool begins_line(const resolver *v) {
    return (v->r->raw.p[v->at].flags & KL_TOKEN_FIRST) && !goes_on(v->before);
}

/* Could `name name` or `name "text"` stand after the token before? After a comma they can, as an element of a list. */
static bool takes_set(int before) {
    return before == T_COMMA || before == T_COLON || before == T_OPEN_PAREN || !goes_on(before);
}

/* A line that begins with a piece word or a line head although the line before ends in an operator: a name with an
 * operand right after it stands in no expression, so something is missing before it. */
static bool ends_short(const resolver *v, const kl_word *w) {
    size_t next = v->at + 1;
    if (!(v->r->raw.p[v->at].flags & KL_TOKEN_FIRST) || takes_set(v->before) || next == v->r->raw.n ||
        (v->r->raw.p[next].flags & KL_TOKEN_FIRST))
        return false;
    if (raw_kind(v, next) == T_STRING) return w->token == T_SOURCE || w->class == KL_W_PIECE;
    return w->class == KL_W_PIECE && raw_kind(v, next) == T_NAME && !kl_words_at(v->index, word_at(v, next));
}

/* `name :` and `name "title" :` introduce something; no keyword stands there. */
static bool introduces(const resolver *v) {
    int next = raw_kind(v, v->at + 1);
    return next == T_COLON || (next == T_STRING && raw_kind(v, v->at + 2) == T_COLON);
}

/* A unit stands on the line of its number: a name on the next line may be spelled like one. */
static bool takes_unit(const resolver *v) {
    return (v->before == T_NUMBER || v->before == T_TO_WHOLE) && !(v->r->raw.p[v->at].flags & KL_TOKEN_FIRST);
}

static bool placed(const resolver *v, const kl_word *w, size_t length) {
    int next = raw_kind(v, v->at + length);
    bool in_row = v->r->raw.p[v->at].flags & KL_TOKEN_IN_ROW;
    switch (w->class) {
    case KL_W_RESERVED: return true;
    case KL_W_PIECE: return (begins_line(v) || ends_short(v, w)) && !introduces(v);
    case KL_W_HEAD:
        if (!(begins_line(v) || ends_short(v, w)) || introduces(v)) return false;
        return (v->piece != T_VALUES && v->piece != T_RECORD) || w->token == T_SOURCE;
    case KL_W_TEXTED: return next == T_STRING && !introduces(v);
    case KL_W_VALUED: return v->piece == T_VALUES && (next == T_STRING || !begins_line(v));
    case KL_W_FIELDED: return v->piece == T_RECORD && !introduces(v);
    case KL_W_OUTCOMED: return v->piece == T_OUTCOME && !introduces(v);
    case KL_W_DUTY: return v->piece == T_REQUIREMENT || v->piece == T_ADVICE;
    case KL_W_TYPE: return v->before == T_COLON;
    case KL_W_UNIT: return takes_unit(v);
    case KL_W_QUANTIFIER: return v->before == T_HOLDS_WHEN || v->before == T_EXCEPT_WHEN;
    case KL_W_STATE:
        return v->piece == T_EXAMPLE &&
               (in_row || v->head == T_EXPECTED || v->head == T_MISSING || v->head == T_FIRED || v->head == T_FINDINGS);
    case KL_W_ROUNDING: return v->rounds > 0;
    case KL_W_IN_IF: return v->ifs > 0 || v->surface == KL_EN;
    }
    return false;
}

/* How many raw tokens the entry's words take from here on, all on one line; 0 when they are not what stands here. */
static size_t match(const resolver *v, const kl_word *w) {
    kl_str text = w->text[v->surface];
    size_t n = 0;
    for (size_t i = 0; i < text.n; n++) {
        size_t end = i;
        while (end < text.n && text.p[end] != ' ') end++;
        size_t at = v->at + n;
        if (raw_kind(v, at) != T_NAME || (v->r->raw.p[at].flags & KL_TOKEN_QUOTED) ||
            (n > 0 && (v->r->raw.p[at].flags & KL_TOKEN_FIRST)) ||
            !kl_str_eq(word_at(v, at), (kl_str){text.p + i, end - i}))
            return 0;
        i = end + 1;
    }
    return n;
}

static bool currency_code(kl_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'A' || s.p[i] > 'Z') return false;
    return s.n == 3;
}

static void put(resolver *v, int kind, size_t length, uint16_t word) {
    const kl_token *from = &v->r->raw.p[v->at], *to = &v->r->raw.p[v->at + length - 1];
    kl_token t = {kind, {from->span.start, to->span.end}, word, from->flags};
    KL_PUSH(v->r->arena, &v->r->file->tokens, t);
    v->before = kind;
    v->at += length;
}

/* Lines that hold conditions and results; they may begin anywhere. */
static bool begins_body(int token) {
    return token == T_WHEN || token == T_GIVES || token == T_HOLDS_WHEN || token == T_EXCEPT_WHEN || token == T_FOR ||
           token == T_REQUIRES || token == T_APPLIES_WHEN || token == T_IN_FORCE_FROM;
}

static void keyword(resolver *v, uint16_t entry, size_t length) {
    const kl_word *w = &kl_words[entry];
    if (w->class == KL_W_PIECE) {
        v->piece = w->token;
        v->head = 0;
        v->many = v->gridded = false;
        v->ifs = v->rounds = 0;
    } else if (w->class == KL_W_HEAD || begins_body(w->token)) {
        v->head = w->token;
        v->ifs = v->rounds = 0;
    }
    switch (w->token) {
    case T_IF: v->ifs++; break;
    case T_ELSE: v->ifs -= v->ifs > 0; break;
    case T_ROUND: v->rounds++; break;
    case T_NEAREST:
    case T_NEAREST_EVEN:
    case T_UPWARDS:
    case T_DOWNWARDS: v->rounds--; break;
    case T_MANY: v->many = true; break;
    default: break;
    }
    put(v, w->token, length, entry);
}

/* ---- slips that are mended here, so that the lines after them are still understood ---- */

static bool is_list(int head) {
    return head == T_GIVEN || head == T_EXPECTED || head == T_ASSUMING || head == T_GIVES;
}

/* `givet a 1` and on the next line `b 2`: the element before is complete, so a comma is missing. A name alone might
 * still take the next line as its value. */
static bool lacks_comma(const resolver *v) {
    const kl_file *file = v->r->file;
    if (!is_list(v->head) || !begins_line(v) || v->ifs || file->tokens.n < 2) return false;
    switch (v->before) {
    case T_NUMBER:
    case T_UNIT:
    case T_DATE:
    case T_STRING:
    case T_YES:
    case T_NO:
    case T_CLOSE_PAREN:
    case T_NOT_STATED:
    case T_UNDETERMINED: return true;
    case T_NAME: {
        int earlier = file->tokens.p[file->tokens.n - 2].kind;
        return earlier == T_NAME || earlier == T_UNKNOWN;
    }
    default: return false;
    }
}

/* The keyword of a class that a word at the start of a line was probably meant to be; KL_NO_WORD when none is close. */
static uint16_t close_entry(const resolver *v, kl_str word, kl_word_class class) {
    uint16_t best = KL_NO_WORD;
    size_t least = word.n < 4 ? 1 : 2;
    for (size_t i = 0; i < kl_words_count && word.n > 2; i++) {
        if (kl_words[i].class != class) continue;
        size_t distance = kl_str_distance(word, kl_words[i].text[v->surface], least);
        if (distance > 0 && (best == KL_NO_WORD ? distance <= least : distance < least)) {
            best = (uint16_t)i;
            least = distance;
        }
    }
    return best;
}

static bool coded(const resolver *v, size_t i) {
    return kl_str_eq(word_at(v, i), kl_keyword(T_CODE, v->surface));
}

/* A piece word misspelt or of the other surface, at the very start of a line and followed as a piece word is. */
static bool mend_piece(resolver *v, kl_str word) {
    const kl_token *t = &v->r->raw.p[v->at];
    kl_str text = v->r->file->text;
    bool flush = t->span.start == 0 || text.p[t->span.start - 1] == '\n';
    int next = raw_kind(v, v->at + 1);
    bool in_list = is_list(v->head) && (v->before == T_NAME || v->before == v->head);
    if (!flush || !begins_line(v) || introduces(v) || in_list) return false;
    if (v->piece == T_VALUES ? next != T_NAME || coded(v, v->at + 1)
                             : next != T_NAME && (next != T_STRING || v->piece == T_RECORD))
        return false;
    kl_surface other;
    if (kl_piece_surface(word, &other)) {
        for (size_t i = 0; i < kl_words_count; i++)
            if (kl_words[i].class == KL_W_PIECE && kl_str_eq(kl_words[i].text[other], word)) {
                kl_report(v->r->diags, v->r->file, t->span, KL_D_OTHER_SURFACE, 2, kl_quoted(v->r, word),
                          kl_quoted(v->r, kl_words[i].text[v->surface]));
                keyword(v, (uint16_t)i, 1);
                return true;
            }
    }
    uint16_t entry = close_entry(v, word, KL_W_PIECE);
    if (entry == KL_NO_WORD) return false;
    kl_diag *d = kl_report(v->r->diags, v->r->file, t->span, KL_D_UNKNOWN_PIECE, 1, kl_quoted(v->r, word));
    d->suggestion = kl_words[entry].text[v->surface];
    keyword(v, entry, 1);
    return true;
}

static bool mend_list(resolver *v, kl_str word) {
    const kl_token *t = &v->r->raw.p[v->at];
    if (!lacks_comma(v)) return false;
    uint16_t entry = close_entry(v, word, KL_W_HEAD);
    if (entry != KL_NO_WORD) {
        kl_diag *d = kl_report(v->r->diags, v->r->file, t->span, KL_D_UNKNOWN_LINE, 1, kl_quoted(v->r, word));
        d->suggestion = kl_words[entry].text[v->surface];
        keyword(v, entry, 1);
        return true;
    }
    kl_report(v->r->diags, v->r->file, t->span, KL_D_MISSING_COMMA, 1, kl_quoted(v->r, word));
    KL_PUSH(v->r->arena, &v->r->file->tokens, (kl_token){T_COMMA, {t->span.start, t->span.start}, KL_NO_WORD, 0});
    v->before = T_COMMA;
    return false;
}

/* The keyword that stands here, the longest that fits its place, and how many raw tokens it takes; else KL_NO_WORD. */
static uint16_t find_entry(const resolver *v, size_t *length) {
    if (v->r->raw.p[v->at].flags & KL_TOKEN_QUOTED) return KL_NO_WORD;
    const uint16_t *entry = kl_words_at(v->index, word_at(v, v->at));
    for (; entry && *entry != KL_NO_WORD; entry++) {
        *length = match(v, &kl_words[*entry]);
        if (*length && placed(v, &kl_words[*entry], *length)) return *entry;
    }
    return KL_NO_WORD;
}

/* A word that is reserved everywhere, where only something's own name can stand. */
static bool names_something(const resolver *v, uint16_t entry) {
    if (kl_words[entry].class != KL_W_RESERVED || !begins_line(v)) return false;
    if (v->piece == T_VALUES && v->before != T_VALUES)
        return !kl_is_line_token(kl_words[entry].token) || raw_kind(v, v->at + 1) == T_STRING;
    return (v->piece == T_RECORD || v->many) && introduces(v);
}

/* A comma too much at the end of a line, and a piece at the start of the next: the comma is said and dropped. */
static bool mend_comma(resolver *v, kl_str word) {
    kl_file *file = v->r->file;
    const kl_token *t = &v->r->raw.p[v->at];
    bool flush = t->span.start == 0 || file->text.p[t->span.start - 1] == '\n';
    int next = raw_kind(v, v->at + 1);
    if (v->before != T_COMMA || !flush || (next != T_NAME && next != T_STRING && next != T_LABEL)) return false;
    for (size_t i = 0; i < kl_words_count; i++)
        if (kl_words[i].class == KL_W_PIECE && kl_str_eq(kl_words[i].text[v->surface], word)) {
            kl_report(v->r->diags, file, file->tokens.p[--file->tokens.n].span, KL_D_TRAILING_COMMA, 1,
                      kl_quoted(v->r, word));
            keyword(v, (uint16_t)i, 1);
            return true;
        }
    return false;
}

static void resolve_word(resolver *v) {
    const kl_token *t = &v->r->raw.p[v->at];
    if (!(t->flags & KL_TOKEN_QUOTED)) {
        kl_str word = word_at(v, v->at);
        size_t length;
        uint16_t entry = find_entry(v, &length);
        if (entry != KL_NO_WORD && names_something(v, entry)) {
            kl_report(v->r->diags, v->r->file, t->span, KL_D_KEYWORD_AS_NAME, 2, kl_quoted(v->r, word), word);
        } else if (entry != KL_NO_WORD) {
            keyword(v, entry, length);
            return;
        }
        if (takes_unit(v) && currency_code(word)) {
            put(v, T_UNIT, 1, KL_NO_WORD);
            return;
        }
        if (mend_comma(v, word) || mend_piece(v, word) || mend_list(v, word)) return;
    }
    bool lines_of_names = v->piece == T_VALUES || v->piece == T_RECORD || (v->piece == T_OUTCOME && v->many);
    bool head = lines_of_names && begins_line(v) && v->before != T_VALUES && v->before != T_RECORD;
    put(v, head ? T_LINE_NAME : T_NAME, 1, KL_NO_WORD);
}

/* What a raw token that is no word changes in where we are. */
static void step_state(resolver *v, const kl_token *t) {
    if (t->kind == T_LABEL || t->kind == T_BULLET || t->kind == T_BAR) v->ifs = v->rounds = 0;
    if (t->kind == T_BAR && (t->flags & KL_TOKEN_FIRST)) {
        v->heading = !v->gridded;
        v->gridded = true;
    }
}

void kl_find_keywords(kl_reader *r) {
    resolver v = {.r = r};
    v.surface = r->file->surface;
    v.index = kl_word_index_new(r->arena, v.surface);
    while (v.at < r->raw.n) {
        const kl_token *t = &r->raw.p[v.at];
        step_state(&v, t);
        if (t->kind == T_NAME)
            resolve_word(&v);
        else if (t->kind == T_BAR && v.heading)
            put(&v, T_HEAD_BAR, 1, KL_NO_WORD);
        else if (t->kind == T_STRING && (v.before == T_LABEL || v.before == T_BULLET))
            put(&v, T_TITLE, 1, KL_NO_WORD);
        else
            put(&v, t->kind, 1, KL_NO_WORD);
    }
}

/* ---- the formatter's question ---- */

/* The raw tokens that the file's tokens would be in the surface, with the token each came from. */
static void spell_out(kl_reader *r, const kl_file *file, kl_surface surface, const kl_str *names) {
    for (size_t i = 0; i < file->tokens.n; i++) {
        kl_token t = file->tokens.p[i];
        kl_str text = names[i];
        if (t.kind == T_NAME || t.kind == T_LINE_NAME || t.word != KL_NO_WORD) {
            bool name = t.word == KL_NO_WORD;
            text = name ? text : kl_words[t.word].text[surface];
            for (size_t from = 0; from < text.n;) {
                size_t to = from;
                while (to < text.n && (name || text.p[to] != ' ')) to++;
                uint16_t flags = t.flags & (from ? KL_TOKEN_IN_ROW : KL_TOKEN_IN_ROW | KL_TOKEN_FIRST);
                kl_token raw = {T_NAME, t.span, KL_NO_WORD, flags};
                KL_PUSH(r->arena, &r->raw, raw);
                KL_PUSH(r->arena, &r->spelled, (kl_str){text.p + from, to - from});
                KL_PUSH(r->arena, &r->origin, i);
                from = to + 1;
            }
            continue;
        }
        t.kind = t.kind == T_TITLE ? T_STRING : t.kind == T_HEAD_BAR ? T_BAR : t.kind;
        KL_PUSH(r->arena, &r->raw, t);
        KL_PUSH(r->arena, &r->spelled, (kl_str){NULL, 0});
        KL_PUSH(r->arena, &r->origin, i);
    }
}

/* Goes through the tokens as kl_find_keywords() would, but always goes on from what was meant, so each answer stands alone. */
void kl_find_quoted(kl_arena *a, const kl_file *file, kl_surface surface, const kl_str *names, bool *quoted) {
    kl_diags diags;
    kl_diags_init(&diags, a, surface);
    kl_file scratch = {.path = file->path, .text = file->text, .surface = surface};
    kl_reader *r = kl_alloc(a, sizeof *r);
    *r = (kl_reader){.arena = a, .diags = &diags, .file = &scratch};
    spell_out(r, file, surface, names);
    for (size_t i = 0; i < r->raw.n; i++)
        if (quoted[r->origin.p[i]]) r->raw.p[i].flags |= KL_TOKEN_QUOTED;
    resolver v = {.r = r, .surface = surface, .index = kl_word_index_new(a, surface)};
    while (v.at < r->raw.n) {
        size_t i = r->origin.p[v.at], own = 1, length = 0;
        const kl_token *t = &file->tokens.p[i];
        while (v.at + own < r->raw.n && r->origin.p[v.at + own] == i) own++;
        step_state(&v, &r->raw.p[v.at]);
        uint16_t entry = r->raw.p[v.at].kind == T_NAME ? find_entry(&v, &length) : KL_NO_WORD;
        if (entry != t->word && entry != KL_NO_WORD) {
            size_t name = v.at; /* the first name that the keyword would swallow */
            while (name + 1 < v.at + length && file->tokens.p[r->origin.p[name]].word != KL_NO_WORD) name++;
            quoted[r->origin.p[name]] = true;
            r->raw.p[name].flags |= KL_TOKEN_QUOTED;
            if (name != v.at) continue;
        }
        if (t->word != KL_NO_WORD)
            keyword(&v, t->word, own);
        else
            put(&v, t->kind, own, KL_NO_WORD);
    }
}
