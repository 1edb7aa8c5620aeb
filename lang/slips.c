/* slips.c - syntax errors that are known slips: each has a code and a way out of its own.
 * May include: lang/expect.h and the grammar's token numbers.
 * Start at kl_report_slip(); those that words.c mends while it looks for keywords are there. */
#include "lang/expect.h"

#include "lang/parse.h"

/* ---- spelling ---- */

/* As many words of the line, from the trouble on, as the phrase has. */
static kl_str words_like(kl_str rest, kl_str phrase) {
    size_t n = 0;
    for (size_t i = 0; i <= phrase.n && n < rest.n; i++)
        if (i == phrase.n || phrase.p[i] == ' ') {
            while (n < rest.n && rest.p[n] == ' ') n++;
            while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '\n' && rest.p[n] != '\r') n++;
        }
    return (kl_str){rest.p, n};
}

static kl_str until_blank(kl_str s) {
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == ' ') s.n = i;
    return s;
}

/* A phrase is compared as a whole with the words at `at`; one whose first word alone is close counts a little less. */
kl_str kl_close_keyword(const kl_trouble *t, kl_span at) {
    kl_str text = t->r->file->text, word = kl_utf8_compose(t->r->arena, kl_token_text(t->r->file, at));
    kl_str rest = {text.p + at.start, text.n - at.start}, best = {NULL, 0};
    size_t most = word.n < 3 ? 0 : word.n < 4 ? 1 : word.n < 8 ? 2 : 3, least = 2 * most + 2;
    for (size_t i = 0; i < t->count; i++) {
        kl_str candidate = kl_spelled(t, t->expected[i]), first = until_blank(candidate);
        if (!candidate.n) continue;
        size_t whole = kl_str_distance(words_like(rest, candidate), candidate, most);
        size_t head = kl_str_distance(word, first, most);
        size_t cost = whole <= most ? 2 * whole : head <= most && head < word.n ? 2 * head + 1 : least;
        if (cost < least) {
            best = candidate;
            least = cost;
        }
    }
    return best;
}

/* The word (or phrase) that stands here in the other surface, as this file should spell it. */
static kl_str other_surface(const kl_trouble *t) {
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

static kl_span unclosed_paren(const kl_trouble *t, bool *found) {
    size_t open = 0;
    size_t i = t->token ? t->r->next - 1 : t->r->next;
    *found = false;
    while (i > 0) {
        const kl_token *token = &t->r->file->tokens.p[--i];
        if (kl_is_piece_token(token->kind)) break;
        if (token->kind == T_CLOSE_PAREN) open++;
        if (token->kind == T_OPEN_PAREN && open-- == 0) {
            *found = true;
            return token->span;
        }
    }
    return (kl_span){0, 0};
}

static bool paren_slip(const kl_trouble *t) {
    bool ends = !t->token || kl_is_piece_token(t->token->kind) || kl_is_line_token(t->token->kind) ||
                t->token->kind == T_LABEL || t->token->kind == T_BULLET || t->token->kind == T_BAR ||
                t->token->kind == T_HEAD_BAR || t->token->kind == T_ROW_END || t->token->kind == T_LINE_NAME;
    if (!ends || !kl_expects(t, T_CLOSE_PAREN)) return false;
    bool found;
    kl_span open = unclosed_paren(t, &found);
    if (!found) return false;
    kl_report(t->r->diags, t->r->file, open, KL_D_PAREN_NOT_CLOSED, 0);
    return true;
}

static bool word_slip(const kl_trouble *t) {
    kl_reader *r = t->r;
    if (t->token->kind == T_IS) {
        kl_report(r->diags, r->file, t->span, KL_D_IS_FOR_EQUALS, 3, kl_shown(t, t->token), kl_spelled(t, T_IS_KNOWN),
                  kl_spelled(t, T_IS_EMPTY));
        return true;
    }
    if (t->token->kind == T_IN_FORCE) {
        kl_report(r->diags, r->file, t->span, KL_D_IN_FORCE_ALONE, 4, kl_shown(t, t->token),
                  kl_spelled(t, T_IN_FORCE_FROM), kl_spelled(t, T_IN_FORCE_UNDATED), kl_spelled(t, T_HOLDS_WHEN));
        return true;
    }
    if (t->token->kind == T_EQ && t->before && t->before->kind == T_NAME && kl_expects(t, T_NUMBER) &&
        !kl_expects(t, T_EQ) && r->next < r->file->tokens.n) {
        kl_span value = r->file->tokens.p[r->next].span;
        if (r->next + 1 < r->file->tokens.n && r->file->tokens.p[r->next + 1].kind == T_UNIT)
            value.end = r->file->tokens.p[r->next + 1].span.end;
        kl_report(r->diags, r->file, t->span, KL_D_EQUALS_IN_LIST, 2, kl_token_text(r->file, t->before->span),
                  kl_token_text(r->file, value));
        return true;
    }
    return false;
}

/* `ger x a > 1`: where a value stands, a condition needs parentheses. */
static bool bare_condition(const kl_trouble *t) {
    static const int signs[] = {T_EQ, T_NE,      T_LT,  T_LE,    T_GT,       T_GE,           T_AND,      T_OR,
                                T_IN, T_IMPLIES, T_HAS, T_LACKS, T_IS_KNOWN, T_IS_NOT_KNOWN, T_IS_EMPTY, T_BETWEEN};
    bool sign = false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) sign = sign || t->token->kind == signs[i];
    if (!sign || !kl_expects(t, T_PLUS) || kl_expects(t, t->token->kind)) return false;
    kl_report(t->r->diags, t->r->file, t->span, KL_D_CONDITION_BARE, 1, kl_shown(t, t->token));
    return true;
}

/* A word that is a keyword only before a text: without one it was taken for a name. */
static bool wants_text(const kl_trouble *t, kl_str word) {
    for (size_t i = 0; i < kl_words_count; i++)
        if (kl_words[i].class == KL_W_TEXTED && kl_expects(t, kl_words[i].token) &&
            kl_str_eq(kl_words[i].text[t->r->file->surface], word))
            return true;
    return false;
}

/* A string without its quotes, where nothing but a string will do. */
static bool bare_text(const kl_trouble *t) {
    bool only =
        kl_expects(t, T_STRING) && !kl_expects(t, T_NAME) && !kl_expects(t, T_COLON) && !kl_expects(t, T_GUIDELINE);
    if (!only || (t->token->flags & KL_TOKEN_FIRST)) return false;
    kl_str text = kl_token_text(t->r->file, t->span);
    kl_report(t->r->diags, t->r->file, t->span, KL_D_TEXT_UNQUOTED, 2, kl_in_quotes(t, text), text);
    return true;
}

static void unknown_line(const kl_trouble *t, const kl_token *word, kl_diag_id id, kl_str meant) {
    kl_diag *d = kl_report(t->r->diags, t->r->file, word->span, id, 1, kl_in_quotes(t, kl_token_word(t, word)));
    d->suggestion = meant;
    if (!meant.n && id == KL_D_UNKNOWN_LINE)
        d->note = kl_str_fmt(
            t->r->arena,
            kl_worded_as(t, "hör den till raden före saknas kanske ett komma eller ett ”%.*s” mellan dem",
                         "if it goes on from the line before, a comma or “%.*s” may be missing between them"),
            KL_FMT(kl_spelled(t, T_AND)));
}

/* `kälan "x"` in a record: it was taken for the name of a field, and the trouble came after it. */
static bool misspelt_head(const kl_trouble *t) {
    const kl_token *word = t->before;
    if (word && word->kind == T_STRING && word > t->r->file->tokens.p) word--;
    if (!word || word->kind != T_LINE_NAME || (word->flags & KL_TOKEN_QUOTED)) return false;
    kl_trouble lines = *t;
    static const int expected[] = {T_SOURCE, T_VALUES, T_RECORD, T_TARIFF, T_OUTCOME,
                                   T_CLAUSE, T_RULE,   T_TABLE,  T_NOTE,   T_EXAMPLE};
    lines.expected = expected;
    lines.count = sizeof expected / sizeof *expected;
    kl_str meant = kl_close_keyword(&lines, word->span);
    if (!meant.n) return false;
    unknown_line(t, word, KL_D_UNKNOWN_LINE, meant);
    return true;
}

static bool begins_lines(const kl_trouble *t, const kl_token *token) {
    kl_str word = kl_token_word(t, token);
    for (size_t i = 0; i < kl_words_count; i++)
        if ((kl_words[i].class == KL_W_HEAD || kl_words[i].class == KL_W_PIECE) &&
            kl_str_eq(until_blank(kl_words[i].text[t->r->file->surface]), word))
            return true;
    return false;
}

/* `givet a 1,` and `väntat b 2` on the next line: after a comma the word was a name, and the trouble came later. */
static bool swallowed_line(const kl_trouble *t) {
    const kl_token *first = t->r->file->tokens.p;
    for (const kl_token *at = t->before;
         at && at > first && !kl_is_line_token(at->kind) && !kl_is_piece_token(at->kind); at--)
        if (at->kind == T_NAME && at->flags == KL_TOKEN_FIRST && at[-1].kind == T_COMMA && begins_lines(t, at)) {
            kl_report(t->r->diags, t->r->file, at[-1].span, KL_D_TRAILING_COMMA, 1,
                      kl_in_quotes(t, kl_token_word(t, at)));
            return true;
        }
    return false;
}

/* A word that begins lines, but stands inside one. */
static bool line_inside(const kl_trouble *t, kl_str word) {
    if (t->token->flags & KL_TOKEN_FIRST) return false;
    for (size_t i = 0; i < kl_words_count; i++)
        if ((kl_words[i].class == KL_W_HEAD || kl_words[i].class == KL_W_PIECE) && kl_expects(t, kl_words[i].token) &&
            kl_str_eq(until_blank(kl_words[i].text[t->r->file->surface]), word)) {
            kl_report(t->r->diags, t->r->file, t->span, KL_D_LINE_INSIDE, 1, kl_in_quotes(t, word));
            return true;
        }
    return false;
}

static bool name_slip(const kl_trouble *t) {
    kl_reader *r = t->r;
    kl_str text = kl_token_word(t, t->token);
    if (t->before && t->before->kind == T_NUMBER && t->before->span.end == t->span.start) {
        kl_span both = {t->before->span.start, t->span.end};
        kl_report(r->diags, r->file, both, KL_D_NAME_DIGIT, 1, kl_token_text(r->file, both));
        return true;
    }
    if (bare_text(t)) return true;
    if (t->token->flags & KL_TOKEN_QUOTED) return false;
    if (wants_text(t, text)) {
        kl_report(r->diags, r->file, t->span, KL_D_UNFINISHED, 2, kl_in_quotes(t, text), kl_a_text(t));
        return true;
    }
    if (line_inside(t, text)) return true;
    kl_str mine = other_surface(t);
    if (mine.n) {
        kl_report(r->diags, r->file, t->span, KL_D_OTHER_SURFACE, 2, kl_in_quotes(t, text), kl_in_quotes(t, mine));
        return true;
    }
    kl_str close = kl_close_keyword(t, t->span);
    if ((t->token->flags & KL_TOKEN_FIRST) && kl_expects(t, T_GUIDELINE)) {
        unknown_line(t, t->token, r->piece ? KL_D_UNKNOWN_LINE : KL_D_UNKNOWN_PIECE, close);
        return true;
    }
    if (kl_expects(t, T_COMMA) && !close.n) {
        kl_report(r->diags, r->file, t->span, KL_D_MISSING_COMMA, 1, kl_in_quotes(t, text));
        return true;
    }
    return false;
}

kl_str kl_items_follow(kl_reader *r) {
    kl_str when = kl_keyword(T_HOLDS_WHEN, r->file->surface), any = kl_keyword(T_ANY, r->file->surface);
    return kl_str_fmt(r->arena, "%.*s %.*s", KL_FMT(when), KL_FMT(any));
}

/* Lines that only add to others: they would make the list of what may stand here long. */
static bool is_detail(int token) {
    return token == T_OPEN || token == T_BECAUSE || token == T_THROUGH || token == T_BEFORE_UNKNOWN ||
           token == T_BEFORE_NOTHING || token == T_AFTER_UNKNOWN || token == T_AFTER_NOTHING ||
           token == T_ACCEPTS_GAP || token == T_ACCEPTS_CONFLICT || token == T_ACCEPTS_IDLE;
}

static const char *piece_lines(const kl_trouble *t) {
    kl_buf b;
    kl_buf_init(&b, t->r->arena);
    for (size_t i = 0; i < t->count; i++)
        if (kl_is_line_token(t->expected[i]) && !is_detail(t->expected[i]))
            kl_buf_fmt(&b, "%s%.*s", b.n ? ", " : "", KL_FMT(kl_spelled(t, t->expected[i])));
    kl_buf_add(&b, "", 1);
    return b.p;
}

/* A line that belongs to another piece, a table or an item where there can be none. */
static bool line_slip(const kl_trouble *t) {
    kl_reader *r = t->r;
    int kind = t->token->kind;
    if (!r->piece || !kl_expects(t, T_GUIDELINE)) return false;
    kl_str piece = kl_in_quotes(t, kl_piece_word(r->piece->kind, r->file->surface));
    if (kl_is_line_token(kind) && (t->token->flags & KL_TOKEN_FIRST)) {
        kl_report(r->diags, r->file, t->span, KL_D_LINE_ELSEWHERE, 3, kl_shown(t, t->token), piece,
                  kl_str_of(piece_lines(t)));
        return true;
    }
    if (kind == T_HEAD_BAR || kind == T_BAR || kind == T_TABLE_RULE) {
        kl_report(r->diags, r->file, t->span, KL_D_TABLE_ELSEWHERE, 3, piece,
                  kl_piece_word(KL_P_TABLE, r->file->surface), kl_piece_word(KL_P_EXAMPLE, r->file->surface));
        return true;
    }
    if (kind == T_LABEL || kind == T_BULLET) {
        kl_report(r->diags, r->file, t->span, KL_D_ITEM_ALONE, 2, kl_shown(t, t->token), kl_items_follow(r));
        return true;
    }
    return false;
}

static bool keyword_as_name(const kl_trouble *t) {
    bool name = kl_expects(t, T_NAME) && !kl_expects(t, T_NUMBER) && !kl_expects(t, T_TYPE_DATE);
    bool begins =
        kl_is_piece_token(t->token->kind) || (kl_is_line_token(t->token->kind) && (t->token->flags & KL_TOKEN_FIRST));
    if (t->token->word == KL_NO_WORD || begins || !(name || kl_expects(t, T_LINE_NAME))) return false;
    if (!name && !(t->token->flags & KL_TOKEN_FIRST)) return false;
    kl_str text = kl_token_text(t->r->file, t->span);
    kl_report(t->r->diags, t->r->file, t->span, KL_D_KEYWORD_AS_NAME, 2, kl_in_quotes(t, text), text);
    return true;
}

bool kl_report_slip(const kl_trouble *t) {
    if (paren_slip(t) || misspelt_head(t) || swallowed_line(t)) return true;
    if (!t->token) return false;
    bool name = t->token->kind == T_NAME || t->token->kind == T_LINE_NAME;
    return word_slip(t) || bare_condition(t) || (name && name_slip(t)) || line_slip(t) || keyword_as_name(t);
}
