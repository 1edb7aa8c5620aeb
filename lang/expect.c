/* expect.c - a syntax error in the author's words: what stood there and what could have stood there.
 * May include: lang/expect.h and the grammar's token numbers.
 * Start at kl_unexpected(): known slips first (slips.c), then the general wording. */
#include "lang/expect.h"

#include "lang/parse.h"

bool kl_expects(const kl_trouble *t, int token) {
    for (size_t i = 0; i < t->count; i++)
        if (t->expected[i] == token) return true;
    return false;
}

const char *kl_worded_as(const kl_trouble *t, const char *sv, const char *en) {
    return t->r->diags->lang == KL_SV ? sv : en;
}

kl_str kl_quoted(kl_reader *r, kl_str s) {
    return kl_str_fmt(r->arena, r->diags->lang == KL_SV ? "”%.*s”" : "“%.*s”", KL_FMT(s));
}

kl_str kl_in_quotes(const kl_trouble *t, kl_str s) {
    return kl_quoted(t->r, s);
}

/* A keyword as this file spells it. */
kl_str kl_spelled(const kl_trouble *t, int token) {
    return kl_keyword(token, t->r->file->surface);
}

kl_str kl_token_word(const kl_trouble *t, const kl_token *token) {
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

static bool is_operator(int token) {
    return kl_joins(token) || token == T_IS_KNOWN || token == T_IS_NOT_KNOWN || token == T_IS_EMPTY;
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
static class class_of(const kl_trouble *t, int token) {
    bool after_operand = kl_expects(t, T_PLUS);
    bool before_operand = kl_expects(t, T_NUMBER) && kl_expects(t, T_YES);
    bool in_type = kl_expects(t, T_TYPE_DATE);
    if (kl_is_piece_token(token) || token == T_YYEOF) return C_PIECE;
    if (before_operand && kl_expects(t, T_STAR) && !after_operand &&
        (begins_value(token) || is_operator(token) || token == T_LABEL || token == T_BULLET))
        return C_CELL;
    if (after_operand && is_operator(token))
        return kl_expects(t, T_EQ) || kl_expects(t, T_AND) ? C_OPERATOR : C_ARITHMETIC;
    if (before_operand && begins_value(token)) return kl_expects(t, T_BREACHED) ? C_CONDITION : C_VALUE;
    if (token == T_LABEL || token == T_BULLET) return kl_expects(t, T_HOLDS_WHEN) ? C_LINE : C_ITEM;
    if (kl_is_line_token(token)) return kl_expects(t, T_LINE_NAME) ? C_NONE : C_LINE;
    switch (token) {
    case T_TYPE_INTEGER:
    case T_TYPE_DECIMAL:
    case T_TYPE_MONEY:
    case T_TYPE_DATE:
    case T_TYPE_MINUTES:
    case T_TYPE_DAYS:
    case T_TYPE_TEXT:
    case T_TYPE_SET: return C_TYPE;
    case T_NAME: return in_type ? C_TYPE : kl_expects(t, T_DATE) ? C_DATE : C_NAME;
    case T_YES: return in_type ? C_TYPE : C_KEYWORD;
    case T_MANY: return C_TYPE;
    case T_LINE_NAME: return C_LINE_NAME;
    case T_STRING:
        return kl_expects(t, T_COLON) ? C_NONE : C_TEXT; /* a title may stand before a colon; the colon must */
    case T_NUMBER: return C_NUMBER;
    case T_DATE: return C_DATE;
    case T_COMMA: return C_COMMA;
    case T_COLON: return C_COLON;
    case T_CLOSE_PAREN: return C_PAREN;
    case T_OPEN_PAREN: return C_OPEN_PAREN;
    case T_BAR:
    case T_HEAD_BAR:
    case T_TABLE_RULE:
    case T_ROW_END: return kl_expects(t, T_GUIDELINE) ? C_LINE : C_BAR;
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

kl_str kl_a_text(const kl_trouble *t) {
    return kl_str_of(kl_worded_as(t, "en text inom citattecken", "a text in quotes"));
}

/* Most telling first: at most four are said. */
static kl_str words_for(const kl_trouble *t, class c) {
    kl_arena *a = t->r->arena;
    switch (c) {
    case C_CELL: return kl_str_of(kl_worded_as(t, "ett värde, *, okänt eller -", "a value, *, unknown or -"));
    case C_CONDITION: return kl_str_of(kl_worded_as(t, "ett villkor", "a condition"));
    case C_VALUE: return kl_str_of(kl_worded_as(t, "ett värde", "a value"));
    case C_NAME: return kl_str_of(kl_worded_as(t, "ett namn", "a name"));
    case C_LINE_NAME: return kl_str_of(kl_worded_as(t, "ett namn på en ny rad", "a name on a new line"));
    case C_TEXT: return kl_a_text(t);
    case C_NUMBER: return kl_str_of(kl_worded_as(t, "ett tal", "a number"));
    case C_DATE: return kl_str_of(kl_worded_as(t, "ett datum som 2024-01-31", "a date such as 2024-01-31"));
    case C_TYPE:
        return kl_str_fmt(a, kl_worded_as(t, "en typ som %.*s", "a type such as %.*s"),
                          KL_FMT(kl_type_word(KL_T_BOOL, t->r->file->surface)));
    case C_OPERATOR:
        return kl_str_fmt(a, kl_worded_as(t, "en fortsättning (”%.*s”, = …)", "a continuation (“%.*s”, = …)"),
                          KL_FMT(kl_spelled(t, kl_expects(t, T_AND) ? T_AND : T_IN)));
    case C_ARITHMETIC: return kl_str_of(kl_worded_as(t, "ett räknetecken", "an arithmetic sign"));
    case C_WAY:
        return kl_str_fmt(a,
                          kl_worded_as(t, "hur det avrundas (%.*s, %.*s, %.*s eller %.*s)",
                                       "how to round (%.*s, %.*s, %.*s or %.*s)"),
                          KL_FMT(kl_spelled(t, T_NEAREST)), KL_FMT(kl_spelled(t, T_NEAREST_EVEN)),
                          KL_FMT(kl_spelled(t, T_UPWARDS)), KL_FMT(kl_spelled(t, T_DOWNWARDS)));
    case C_ATTRIBUTE: {
        static const int attributes[] = {T_COLUMN, T_CODE, T_AUDITED, T_REQUIRED, T_KEY, T_ATTESTED};
        size_t i = 0;
        while (!kl_expects(t, attributes[i])) i++;
        return kl_in_quotes(t, kl_spelled(t, attributes[i]));
    }
    case C_COMMA: return kl_str_of(kl_worded_as(t, "ett komma", "a comma"));
    case C_COLON: return kl_str_of(kl_worded_as(t, "ett kolon", "a colon"));
    case C_PAREN: return kl_str_of(kl_worded_as(t, "en slutparentes", "a closing parenthesis"));
    case C_OPEN_PAREN: return kl_str_of(kl_worded_as(t, "en parentes", "a parenthesis"));
    case C_BAR: return KL_STR("|");
    case C_ITEM: return kl_str_of(kl_worded_as(t, "en beteckning som a)", "a label such as a)"));
    case C_UNIT: return kl_str_of(kl_worded_as(t, "en enhet som kronor", "a unit such as kronor"));
    case C_LINE: return kl_str_of(kl_worded_as(t, "en ny rad i stycket", "a new line of the piece"));
    case C_PIECE: return kl_str_of(kl_worded_as(t, "ett nytt stycke", "a new piece"));
    case C_NONE:
    case C_KEYWORD: break;
    }
    return (kl_str){NULL, 0};
}

static kl_str expected_words(const kl_trouble *t) {
    enum { MOST = 4 };
    kl_str words[MOST];
    size_t n = 0;
    for (class c = C_CELL; c <= C_KEYWORD && n < MOST; c++)
        for (size_t i = 0; i < t->count && n < MOST; i++)
            if (class_of(t, t->expected[i]) == c) {
                if (c == C_KEYWORD) {
                    kl_str word = kl_spelled(t, t->expected[i]);
                    if (word.n) words[n++] = kl_in_quotes(t, word);
                    continue;
                }
                words[n++] = words_for(t, c);
                break;
            }
    if (!n) words[n++] = kl_str_of(kl_worded_as(t, "något annat", "something else"));
    kl_buf b;
    kl_buf_init(&b, t->r->arena);
    for (size_t i = 0; i < n; i++) {
        if (i) kl_buf_str(&b, kl_str_of(i + 1 < n ? ", " : kl_worded_as(t, " eller ", " or ")));
        kl_buf_str(&b, words[i]);
    }
    return kl_buf_view(&b);
}

/* What stood there: short, in quotes, or the end of something. */
kl_str kl_shown(const kl_trouble *t, const kl_token *token) {
    enum { LONGEST = 40 };
    if (!token) return kl_str_of(kl_worded_as(t, "filens slut", "the end of the file"));
    if (token->kind == T_ROW_END) return kl_str_of(kl_worded_as(t, "radens slut", "the end of the row"));
    kl_str s = kl_token_text(t->r->file, token->span);
    size_t end = 0, n = 0;
    while (end < s.n && n < LONGEST) {
        (void)kl_utf8_next(s, &end);
        n++;
    }
    kl_str cut = {s.p, end};
    const char *rest = end < s.n ? "…" : "";
    if (token->kind == T_STRING || token->kind == T_TITLE) return kl_str_fmt(t->r->arena, "%.*s%s", KL_FMT(cut), rest);
    return kl_in_quotes(t, kl_str_fmt(t->r->arena, "%.*s%s", KL_FMT(cut), rest));
}

void kl_unexpected(kl_reader *r, int token, kl_span span, const int *expected, size_t count) {
    size_t after = token == T_YYEOF ? r->next : r->next - 1;
    kl_trouble t = {.r = r, .span = span, .expected = expected, .count = count};
    t.token = token == T_YYEOF ? NULL : &r->file->tokens.p[after];
    t.before = after ? &r->file->tokens.p[after - 1] : NULL;
    if (kl_report_slip(&t)) return;
    kl_str words = expected_words(&t);
    bool unfinished = t.before && (!t.token || (t.token->flags & KL_TOKEN_FIRST) || token == T_ROW_END) &&
                      !kl_expects(&t, T_GUIDELINE);
    if (unfinished) {
        kl_report(r->diags, r->file, t.before->span, KL_D_UNFINISHED, 2, kl_shown(&t, t.before), words);
        return;
    }
    kl_diag *d = kl_report(r->diags, r->file, span, KL_D_UNEXPECTED, 2, kl_shown(&t, t.token), words);
    if (token == T_NAME || token == T_LINE_NAME) d->suggestion = kl_close_keyword(&t, span);
}
