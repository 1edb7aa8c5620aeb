/* expect.c - a syntax error in the author's words: what stood there, what could have stood there, and likely slips.
 * May include: lang/reader.h and the grammar's token numbers.
 * Start at kl_unexpected(): known slips first, each with its own code, then the general wording. */
#include "lang/parse.h"
#include "lang/reader.h"

typedef struct trouble {
    kl_reader *r;
    const kl_token *token; /* the one that does not fit; NULL at the end of the file */
    const kl_token *before;
    kl_span span;
    const int *expected;
    size_t count;
} trouble;

static bool expects(const trouble *t, int token) {
    for (size_t i = 0; i < t->count; i++)
        if (t->expected[i] == token) return true;
    return false;
}

static const char *said(const trouble *t, const char *sv, const char *en) {
    return t->r->diags->lang == KL_SV ? sv : en;
}

kl_str kl_quoted(kl_reader *r, kl_str s) {
    return kl_str_fmt(r->arena, r->diags->lang == KL_SV ? "”%.*s”" : "“%.*s”", KL_FMT(s));
}

static kl_str quote(const trouble *t, kl_str s) {
    return kl_quoted(t->r, s);
}

/* A keyword as this file spells it. */
static kl_str spelled(const trouble *t, int token) {
    return kl_keyword(token, t->r->file->surface);
}

static kl_str text_of(const trouble *t, const kl_token *token) {
    return kl_utf8_compose(t->r->arena, kl_token_text(t->r->file, token->span));
}

/* ---- classes of what was expected ---- */

typedef enum class {
    C_NONE,
    C_CELL,
    C_CONDITION,
    C_VALUE,
    C_NAME,
    C_TEXT,
    C_NUMBER,
    C_DATE,
    C_TYPE,
    C_OPERATOR,
    C_ARITHMETIC,
    C_WAY,
    C_ATTRIBUTE,
    C_LINE_NAME,
    C_COMMA,
    C_COLON,
    C_PAREN,
    C_OPEN_PAREN,
    C_BAR,
    C_ITEM,
    C_UNIT,
    C_LINE,
    C_PIECE,
    C_KEYWORD /* spelled out by itself */
} class;

static bool is_piece(int token) {
    switch (token) {
    case T_GUIDELINE:
    case T_USE:
    case T_VALUES:
    case T_RECORD:
    case T_TARIFF:
    case T_ASSUMPTION:
    case T_OUTCOME:
    case T_CLAUSE:
    case T_REQUIREMENT:
    case T_ADVICE:
    case T_RULE:
    case T_TABLE:
    case T_NOTE:
    case T_EXAMPLE: return true;
    default: return false;
    }
}

static bool is_line(int token) {
    switch (token) {
    case T_ISSUER:
    case T_DOCUMENT:
    case T_EDITION:
    case T_CURRENCY:
    case T_DATED_BY:
    case T_SOURCE:
    case T_OVERRIDES:
    case T_FIRST_ROW:
    case T_ROW_BY_ROW:
    case T_BEFORE:
    case T_FROM:
    case T_GIVEN:
    case T_EXPECTED:
    case T_FIRED:
    case T_MISSING:
    case T_FINDINGS:
    case T_ASSUMING:
    case T_BASED_ON:
    case T_IN_FORCE_FROM:
    case T_IN_FORCE_THROUGH:
    case T_IN_FORCE_UNDATED:
    case T_THROUGH:
    case T_BEFORE_UNKNOWN:
    case T_BEFORE_NOTHING:
    case T_AFTER_UNKNOWN:
    case T_AFTER_NOTHING:
    case T_APPLIES_WHEN:
    case T_HOLDS_WHEN:
    case T_EXCEPT_WHEN:
    case T_WHEN:
    case T_GIVES:
    case T_FOR:
    case T_REQUIRES:
    case T_OPEN:
    case T_BECAUSE: return true;
    default: return false;
    }
}

static bool is_operator(int token) {
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
    case T_LACKS:
    case T_IS_KNOWN:
    case T_IS_NOT_KNOWN:
    case T_IS_EMPTY: return true;
    default: return false;
    }
}

static bool begins_value(int token) {
    switch (token) {
    case T_NAME:
    case T_NUMBER:
    case T_STRING:
    case T_DATE:
    case T_YES:
    case T_NO:
    case T_OPEN_PAREN:
    case T_MINUS:
    case T_MIN:
    case T_MAX:
    case T_YEARS:
    case T_MONTHS:
    case T_DAYS:
    case T_ROUND:
    case T_EXTERNAL:
    case T_NOT_STATED:
    case T_EMPTY:
    case T_BREACHED:
    case T_NOT:
    case T_IF:
    case T_UNKNOWN:
    case T_UNDETERMINED:
    case T_NONE:
    case T_CONFLICT:
    case T_FAILED: return true;
    default: return false;
    }
}

/* Some tokens mean one thing before an operand and another after it: PLUS is only expected after one, NUMBER before. */
static class class_of(const trouble *t, int token) {
    bool after_operand = expects(t, T_PLUS);
    bool before_operand = expects(t, T_NUMBER) && expects(t, T_YES);
    bool in_type = expects(t, T_TYPE_DATE);
    if (is_piece(token) || token == T_YYEOF) return C_PIECE;
    if (before_operand && expects(t, T_STAR) && !after_operand &&
        (begins_value(token) || is_operator(token) || token == T_LABEL || token == T_BULLET))
        return C_CELL;
    if (after_operand && is_operator(token)) return expects(t, T_EQ) || expects(t, T_AND) ? C_OPERATOR : C_ARITHMETIC;
    if (before_operand && begins_value(token)) return expects(t, T_BREACHED) ? C_CONDITION : C_VALUE;
    if (token == T_LABEL || token == T_BULLET) return expects(t, T_HOLDS_WHEN) ? C_LINE : C_ITEM;
    if (is_line(token)) return expects(t, T_LINE_NAME) ? C_NONE : C_LINE;
    switch (token) {
    case T_TYPE_INTEGER:
    case T_TYPE_DECIMAL:
    case T_TYPE_MONEY:
    case T_TYPE_DATE:
    case T_TYPE_MINUTES:
    case T_TYPE_DAYS:
    case T_TYPE_TEXT:
    case T_TYPE_SET: return C_TYPE;
    case T_NAME: return in_type ? C_TYPE : expects(t, T_DATE) ? C_DATE : C_NAME;
    case T_YES: return in_type ? C_TYPE : C_KEYWORD;
    case T_MANY: return C_TYPE;
    case T_LINE_NAME: return C_LINE_NAME;
    case T_STRING: return expects(t, T_COLON) ? C_NONE : C_TEXT; /* a title may stand before a colon; the colon must */
    case T_NUMBER: return C_NUMBER;
    case T_DATE: return C_DATE;
    case T_COMMA: return C_COMMA;
    case T_COLON: return C_COLON;
    case T_CLOSE_PAREN: return C_PAREN;
    case T_OPEN_PAREN: return C_OPEN_PAREN;
    case T_BAR:
    case T_HEAD_BAR:
    case T_TABLE_RULE:
    case T_ROW_END: return expects(t, T_GUIDELINE) ? C_LINE : C_BAR;
    case T_UNIT: return after_operand ? C_NONE : C_UNIT;
    case T_TITLE: return C_NONE;
    case T_NEAREST:
    case T_NEAREST_EVEN:
    case T_UPWARDS:
    case T_DOWNWARDS: return C_WAY;
    case T_COLUMN:
    case T_REQUIRED:
    case T_KEY:
    case T_ATTESTED:
    case T_CODE:
    case T_AUDITED: return C_ATTRIBUTE;
    default: return C_KEYWORD;
    }
}

/* Most telling first: at most four are said. */
static kl_str words_for(const trouble *t, class c) {
    kl_arena *a = t->r->arena;
    switch (c) {
    case C_CELL: return kl_str_of(said(t, "ett värde, *, okänt eller -", "a value, *, unknown or -"));
    case C_CONDITION: return kl_str_of(said(t, "ett villkor", "a condition"));
    case C_VALUE: return kl_str_of(said(t, "ett värde", "a value"));
    case C_NAME: return kl_str_of(said(t, "ett namn", "a name"));
    case C_LINE_NAME: return kl_str_of(said(t, "ett namn på en ny rad", "a name on a new line"));
    case C_TEXT: return kl_str_of(said(t, "en text inom citattecken", "a text in quotes"));
    case C_NUMBER: return kl_str_of(said(t, "ett tal", "a number"));
    case C_DATE: return kl_str_of(said(t, "ett datum som 2024-01-31", "a date such as 2024-01-31"));
    case C_TYPE:
        return kl_str_fmt(a, said(t, "en typ som %.*s", "a type such as %.*s"),
                          KL_FMT(kl_type_word(KL_T_BOOL, t->r->file->surface)));
    case C_OPERATOR:
        return kl_str_fmt(a,
                          said(t, "ett ord som ”%.*s” eller ett tecken som =", "a word like “%.*s” or a sign like ="),
                          KL_FMT(spelled(t, expects(t, T_AND) ? T_AND : T_IN)));
    case C_ARITHMETIC: return kl_str_of(said(t, "ett räknetecken", "an arithmetic sign"));
    case C_WAY:
        return kl_str_fmt(
            a, said(t, "hur det avrundas (%.*s, %.*s, %.*s eller %.*s)", "how to round (%.*s, %.*s, %.*s or %.*s)"),
            KL_FMT(spelled(t, T_NEAREST)), KL_FMT(spelled(t, T_NEAREST_EVEN)), KL_FMT(spelled(t, T_UPWARDS)),
            KL_FMT(spelled(t, T_DOWNWARDS)));
    case C_ATTRIBUTE: {
        static const int attributes[] = {T_COLUMN, T_CODE, T_AUDITED, T_REQUIRED, T_KEY, T_ATTESTED};
        size_t i = 0;
        while (!expects(t, attributes[i])) i++;
        return quote(t, spelled(t, attributes[i]));
    }
    case C_COMMA: return kl_str_of(said(t, "ett komma", "a comma"));
    case C_COLON: return kl_str_of(said(t, "ett kolon", "a colon"));
    case C_PAREN: return kl_str_of(said(t, "en slutparentes", "a closing parenthesis"));
    case C_OPEN_PAREN: return kl_str_of(said(t, "en parentes", "a parenthesis"));
    case C_BAR: return KL_STR("|");
    case C_ITEM: return kl_str_of(said(t, "en beteckning som a)", "a label such as a)"));
    case C_UNIT: return kl_str_of(said(t, "en enhet som kronor", "a unit such as kronor"));
    case C_LINE: return kl_str_of(said(t, "en ny rad i stycket", "a new line of the piece"));
    case C_PIECE: return kl_str_of(said(t, "ett nytt stycke", "a new piece"));
    case C_NONE:
    case C_KEYWORD: break;
    }
    return (kl_str){NULL, 0};
}

static kl_str expected_words(const trouble *t) {
    enum { MOST = 4 };
    kl_str words[MOST];
    size_t n = 0;
    for (class c = C_CELL; c <= C_KEYWORD && n < MOST; c++)
        for (size_t i = 0; i < t->count && n < MOST; i++)
            if (class_of(t, t->expected[i]) == c) {
                if (c == C_KEYWORD) {
                    kl_str word = spelled(t, t->expected[i]);
                    if (word.n) words[n++] = quote(t, word);
                    continue;
                }
                words[n++] = words_for(t, c);
                break;
            }
    kl_buf b;
    kl_buf_init(&b, t->r->arena);
    for (size_t i = 0; i < n; i++) {
        if (i) kl_buf_str(&b, kl_str_of(i + 1 < n ? ", " : said(t, " eller ", " or ")));
        kl_buf_str(&b, words[i]);
    }
    return kl_buf_view(&b);
}

/* What stood there: short, in quotes, or the end of something. */
static kl_str shown(const trouble *t, const kl_token *token) {
    enum { LONGEST = 40 };
    if (!token) return kl_str_of(said(t, "filens slut", "the end of the file"));
    if (token->kind == T_ROW_END) return kl_str_of(said(t, "radens slut", "the end of the row"));
    kl_str s = kl_token_text(t->r->file, token->span);
    size_t end = 0, n = 0;
    while (end < s.n && n < LONGEST) {
        (void)kl_utf8_next(s, &end);
        n++;
    }
    kl_str cut = {s.p, end};
    const char *rest = end < s.n ? "…" : "";
    if (token->kind == T_STRING || token->kind == T_TITLE) return kl_str_fmt(t->r->arena, "%.*s%s", KL_FMT(cut), rest);
    return quote(t, kl_str_fmt(t->r->arena, "%.*s%s", KL_FMT(cut), rest));
}

/* ---- spelling ---- */

/* The closest of the keywords that would fit here, when one is close enough to be meant. */
static kl_str close_keyword(const trouble *t, kl_str word) {
    kl_str best = {NULL, 0};
    size_t least = word.n < 4 ? 1 : word.n < 8 ? 2 : 3;
    least = word.n < 3 ? 0 : least;
    for (size_t i = 0; i < t->count; i++) {
        kl_str candidate = spelled(t, t->expected[i]);
        if (!candidate.n) continue;
        kl_str first = candidate; /* of a phrase, the first word is compared */
        for (size_t k = 0; k < first.n; k++)
            if (first.p[k] == ' ') first.n = k;
        size_t distance = kl_str_distance(word, first, least);
        if (distance <= least && distance < word.n && (distance < least || !best.n)) {
            best = candidate;
            least = distance;
        }
    }
    return best;
}

/* The word (or phrase) that stands here in the other surface, as this file should spell it. */
static kl_str other_surface(const trouble *t) {
    kl_surface mine = t->r->file->surface, other = mine == KL_SV ? KL_EN : KL_SV;
    kl_str rest = {t->r->file->text.p + t->span.start, t->r->file->text.n - t->span.start};
    kl_str best = {NULL, 0};
    size_t longest = 0;
    for (size_t i = 0; i < kl_words_count; i++) {
        kl_str theirs = kl_words[i].text[other];
        bool here = theirs.n <= rest.n && kl_str_eq(theirs, (kl_str){rest.p, theirs.n});
        bool ends =
            here && (theirs.n == rest.n || !((unsigned char)rest.p[theirs.n] >= 0x80 || rest.p[theirs.n] == '_' ||
                                             (rest.p[theirs.n] >= 'a' && rest.p[theirs.n] <= 'z')));
        if (ends && theirs.n > longest && theirs.n >= t->span.end - t->span.start &&
            !kl_str_eq(theirs, kl_words[i].text[mine])) {
            best = kl_words[i].text[mine];
            longest = theirs.n;
        }
    }
    return best;
}

/* ---- known slips: true when reported ---- */

static kl_span unclosed_paren(const trouble *t, bool *found) {
    size_t open = 0;
    size_t i = t->token ? t->r->next - 1 : t->r->next;
    *found = false;
    while (i > 0) {
        const kl_token *token = &t->r->file->tokens.p[--i];
        if (is_piece(token->kind)) break;
        if (token->kind == T_CLOSE_PAREN) open++;
        if (token->kind == T_OPEN_PAREN && open-- == 0) {
            *found = true;
            return token->span;
        }
    }
    return (kl_span){0, 0};
}

static bool paren_slip(const trouble *t) {
    bool ends = !t->token || is_piece(t->token->kind) || is_line(t->token->kind) || t->token->kind == T_LABEL ||
                t->token->kind == T_BULLET || t->token->kind == T_BAR || t->token->kind == T_HEAD_BAR ||
                t->token->kind == T_ROW_END || t->token->kind == T_LINE_NAME;
    if (!ends || !expects(t, T_CLOSE_PAREN)) return false;
    bool found;
    kl_span open = unclosed_paren(t, &found);
    if (!found) return false;
    kl_report(t->r->diags, t->r->file, open, KL_D_PAREN_NOT_CLOSED, 0);
    return true;
}

static bool word_slip(const trouble *t) {
    kl_reader *r = t->r;
    if (t->token->kind == T_IS) {
        kl_report(r->diags, r->file, t->span, KL_D_IS_FOR_EQUALS, 3, shown(t, t->token), spelled(t, T_IS_KNOWN),
                  spelled(t, T_IS_EMPTY));
        return true;
    }
    if (t->token->kind == T_IN_FORCE) {
        kl_report(r->diags, r->file, t->span, KL_D_IN_FORCE_ALONE, 4, shown(t, t->token), spelled(t, T_IN_FORCE_FROM),
                  spelled(t, T_IN_FORCE_UNDATED), spelled(t, T_HOLDS_WHEN));
        return true;
    }
    if (t->token->kind == T_EQ && t->before && t->before->kind == T_NAME && expects(t, T_NUMBER) && !expects(t, T_EQ) &&
        r->next < r->file->tokens.n) {
        kl_report(r->diags, r->file, t->span, KL_D_EQUALS_IN_LIST, 2, kl_token_text(r->file, t->before->span),
                  kl_token_text(r->file, r->file->tokens.p[r->next].span));
        return true;
    }
    return false;
}

/* A word that is a keyword only before a text: without one it was taken for a name. */
static bool wants_text(const trouble *t, kl_str word) {
    for (size_t i = 0; i < kl_words_count; i++)
        if (kl_words[i].class == KL_W_TEXTED && expects(t, kl_words[i].token) &&
            kl_str_eq(kl_words[i].text[t->r->file->surface], word))
            return true;
    return false;
}

static bool name_slip(const trouble *t) {
    kl_reader *r = t->r;
    kl_str text = text_of(t, t->token);
    if (t->before && t->before->kind == T_NUMBER && t->before->span.end == t->span.start) {
        kl_span both = {t->before->span.start, t->span.end};
        kl_report(r->diags, r->file, both, KL_D_NAME_DIGIT, 1, kl_token_text(r->file, both));
        return true;
    }
    if (t->token->flags & KL_TOKEN_QUOTED) return false;
    if (wants_text(t, text)) {
        kl_report(r->diags, r->file, t->span, KL_D_UNFINISHED, 2, quote(t, text), words_for(t, C_TEXT));
        return true;
    }
    if (t->before && t->before->kind == T_LINE_NAME && !(t->before->flags & KL_TOKEN_QUOTED)) {
        kl_str meant = close_keyword(t, text_of(t, t->before));
        if (meant.n) {
            kl_diag *d = kl_report(r->diags, r->file, t->before->span, KL_D_UNKNOWN_LINE, 2,
                                   quote(t, text_of(t, t->before)), spelled(t, T_AND));
            d->suggestion = meant;
            return true;
        }
    }
    kl_str mine = other_surface(t);
    if (mine.n) {
        kl_report(r->diags, r->file, t->span, KL_D_OTHER_SURFACE, 2, quote(t, text), quote(t, mine));
        return true;
    }
    kl_str close = close_keyword(t, text);
    if ((t->token->flags & KL_TOKEN_FIRST) && expects(t, T_GUIDELINE)) {
        kl_diag *d = kl_report(r->diags, r->file, t->span, r->piece ? KL_D_UNKNOWN_LINE : KL_D_UNKNOWN_PIECE, 2,
                               quote(t, text), spelled(t, T_AND));
        d->suggestion = close;
        return true;
    }
    if (expects(t, T_COMMA) && !close.n) {
        kl_report(r->diags, r->file, t->span, KL_D_MISSING_COMMA, 1, quote(t, text));
        return true;
    }
    return false;
}

kl_str kl_items_follow(kl_reader *r) {
    kl_str when = kl_keyword(T_HOLDS_WHEN, r->file->surface), any = kl_keyword(T_ANY, r->file->surface);
    return kl_str_fmt(r->arena, "%.*s %.*s", KL_FMT(when), KL_FMT(any));
}

static const char *piece_lines(const trouble *t) {
    kl_buf b;
    kl_buf_init(&b, t->r->arena);
    for (size_t i = 0; i < t->count; i++)
        if (is_line(t->expected[i])) kl_buf_fmt(&b, "%s%.*s", b.n ? ", " : "", KL_FMT(spelled(t, t->expected[i])));
    kl_buf_add(&b, "", 1);
    return b.p;
}

/* A line that belongs to another piece, a table or an item where there can be none. */
static bool line_slip(const trouble *t) {
    kl_reader *r = t->r;
    int kind = t->token->kind;
    if (!r->piece || !expects(t, T_GUIDELINE)) return false;
    kl_str piece = quote(t, kl_piece_word(r->piece->kind, r->file->surface));
    if (is_line(kind) && (t->token->flags & KL_TOKEN_FIRST)) {
        kl_report(r->diags, r->file, t->span, KL_D_LINE_ELSEWHERE, 3, shown(t, t->token), piece,
                  kl_str_of(piece_lines(t)));
        return true;
    }
    if (kind == T_HEAD_BAR || kind == T_BAR || kind == T_TABLE_RULE) {
        kl_report(r->diags, r->file, t->span, KL_D_TABLE_ELSEWHERE, 3, piece,
                  kl_piece_word(KL_P_TABLE, r->file->surface), kl_piece_word(KL_P_EXAMPLE, r->file->surface));
        return true;
    }
    if (kind == T_LABEL || kind == T_BULLET) {
        kl_report(r->diags, r->file, t->span, KL_D_ITEM_ALONE, 2, shown(t, t->token), kl_items_follow(r));
        return true;
    }
    return false;
}

static bool keyword_as_name(const trouble *t) {
    bool name = expects(t, T_NAME) && !expects(t, T_NUMBER) && !expects(t, T_TYPE_DATE);
    bool begins = is_piece(t->token->kind) || (is_line(t->token->kind) && (t->token->flags & KL_TOKEN_FIRST));
    if (t->token->word == KL_NO_WORD || begins || !(name || expects(t, T_LINE_NAME))) return false;
    if (!name && !(t->token->flags & KL_TOKEN_FIRST)) return false;
    kl_str text = kl_token_text(t->r->file, t->span);
    kl_report(t->r->diags, t->r->file, t->span, KL_D_KEYWORD_AS_NAME, 2, quote(t, text), text);
    return true;
}

void kl_unexpected(kl_reader *r, int token, kl_span span, const int *expected, size_t count) {
    size_t after = token == T_YYEOF ? r->next : r->next - 1;
    trouble t = {.r = r, .span = span, .expected = expected, .count = count};
    t.token = token == T_YYEOF ? NULL : &r->file->tokens.p[after];
    t.before = after ? &r->file->tokens.p[after - 1] : NULL;
    if (paren_slip(&t)) return;
    if (t.token) {
        if (word_slip(&t) || ((token == T_NAME || token == T_LINE_NAME) && name_slip(&t)) || line_slip(&t) ||
            keyword_as_name(&t))
            return;
    }
    kl_str words = expected_words(&t);
    if (!words.n) {
        kl_report(r->diags, r->file, span, KL_D_UNEXPECTED_HERE, 1, shown(&t, t.token));
        return;
    }
    bool unfinished =
        t.before && (!t.token || (t.token->flags & KL_TOKEN_FIRST) || token == T_ROW_END) && !expects(&t, T_GUIDELINE);
    if (unfinished) {
        kl_report(r->diags, r->file, t.before->span, KL_D_UNFINISHED, 2, shown(&t, t.before), words);
        return;
    }
    kl_diag *d = kl_report(r->diags, r->file, span, KL_D_UNEXPECTED, 2, shown(&t, t.token), words);
    if (token == T_NAME || token == T_LINE_NAME) d->suggestion = close_keyword(&t, text_of(&t, t.token));
}
