/* format_group.c - which lines share columns, and where those columns are.
 * May include: lang/format.h and the grammar's token numbers.
 * Start at kl_format_groups(); a group ends at a blank line, or for items and examples where their list or piece ends. */
#include "lang/format.h"

#include "lang/parse.h"

kl_line_kind kl_line_kind_of(const kl_formatter *f, size_t line) {
    const kl_line *l = &f->lines.p[line];
    if (l->from == l->to) return KL_L_NONE;
    switch (f->file->tokens.p[l->from].kind) {
    case T_LABEL:
    case T_BULLET: return KL_L_ITEM;
    case T_BAR:
    case T_HEAD_BAR:
    case T_TABLE_RULE: return KL_L_ROW;
    case T_LINE_NAME: return KL_L_NAME;
    case T_NAME:
    case T_COMMA:
    case T_OPEN_PAREN:
    case T_CLOSE_PAREN: return KL_L_MORE;
    default: break;
    }
    int token = f->file->tokens.p[l->from].kind;
    return kl_is_piece_token(token) ? KL_L_PIECE : kl_is_line_token(token) ? KL_L_HEAD : KL_L_MORE;
}

static bool is_attribute(int token) {
    return token == T_COLUMN || token == T_REQUIRED || token == T_KEY || token == T_ATTESTED || token == T_OTHERWISE;
}

static bool is_example_head(int token) {
    return token == T_GIVEN || token == T_EXPECTED || token == T_FIRED || token == T_MISSING || token == T_FINDINGS ||
           token == T_ASSUMING;
}

typedef enum family { F_NONE, F_OUTCOME, F_NAME, F_ITEM, F_EXAMPLE } family;

static family family_of(const kl_formatter *f, size_t line) {
    int token = f->file->tokens.p[f->lines.p[line].from].kind;
    switch (kl_line_kind_of(f, line)) {
    case KL_L_PIECE: return token == T_OUTCOME ? F_OUTCOME : F_NONE;
    case KL_L_NAME: return F_NAME;
    case KL_L_ITEM: return F_ITEM;
    case KL_L_HEAD: return is_example_head(token) ? F_EXAMPLE : F_NONE;
    default: return F_NONE;
    }
}

/* The first token of the line, past `from`, for which the question holds; 0 when there is none. */
static size_t first_of(const kl_formatter *f, const kl_line *l, bool (*is)(int)) {
    for (size_t i = l->from + 1; i < l->to; i++)
        if (is(f->file->tokens.p[i].kind)) return i;
    return 0;
}

static bool is_colon(int token) {
    return token == T_COLON;
}

static bool is_string(int token) {
    return token == T_STRING;
}

static bool is_code(int token) {
    return token == T_CODE;
}

static void find_stops(const kl_formatter *f, kl_line *l, family kind) {
    const kl_token *tokens = f->file->tokens.p;
    size_t colon;
    switch (kind) {
    case F_OUTCOME: l->stop[0] = first_of(f, l, is_colon); break;
    case F_NAME:
        colon = first_of(f, l, is_colon);
        l->stop[0] = colon ? colon : first_of(f, l, is_string);
        l->stop[1] = first_of(f, l, colon ? is_attribute : is_code);
        if (l->stop[0] > l->stop[1] && l->stop[1]) /* a code's string is not a label */
            l->stop[0] = 0;
        break;
    case F_ITEM:
        if (l->to - l->from > 1) l->stop[0] = l->from + 1;
        if (l->to - l->from > 2 && tokens[l->from + 1].kind == T_TITLE) l->stop[1] = l->from + 2;
        break;
    case F_EXAMPLE:
        if (l->to - l->from > 1) l->stop[0] = l->from + 1;
        break;
    case F_NONE: break;
    }
}

/* A group lives on past comments; past blank lines and other lines only as far as its family says. */
static bool ends_group(const kl_formatter *f, size_t line, family kind) {
    const kl_line *l = &f->lines.p[line];
    if (l->blank) return kind == F_OUTCOME || kind == F_NAME;
    switch (kl_line_kind_of(f, line)) {
    case KL_L_NONE:
    case KL_L_MORE: return false;
    case KL_L_PIECE: return kind != F_OUTCOME || family_of(f, line) != F_OUTCOME;
    case KL_L_HEAD: return kind != F_EXAMPLE && family_of(f, line) != kind;
    default: return kind != F_EXAMPLE && family_of(f, line) != kind;
    }
}

static size_t span_width(const kl_formatter *f, size_t from, size_t to) {
    size_t width = 0;
    for (size_t i = from; i < to; i++) width += kl_format_width(f, i) + (i > from ? f->space[i] : 0u);
    return width;
}

static size_t indent_of(family kind) {
    return kind == F_OUTCOME ? 0 : kind == F_ITEM ? 4 : 2;
}

/* Each column stands past the longest of what comes before it; a column on the left moves the ones on the right. */
static void find_columns(kl_formatter *f, size_t group, family kind, size_t first, size_t last) {
    kl_group *g = &f->groups.p[group];
    for (size_t k = 0; k < KL_STOPS; k++)
        for (size_t i = first; i < last; i++) {
            const kl_line *l = &f->lines.p[i];
            if (l->group != group || !l->stop[k]) continue;
            bool earlier = k > 0 && l->stop[k - 1];
            size_t start = earlier ? g->column[k - 1] : indent_of(kind);
            size_t end = start + span_width(f, earlier ? l->stop[k - 1] : l->from, l->stop[k]) + g->gap[k];
            if (end > g->column[k]) g->column[k] = end;
        }
}

void kl_format_groups(kl_formatter *f) {
    KL_PUSH(f->arena, &f->groups, (kl_group){{0}, {0}}); /* group 0 is none */
    for (size_t i = 0; i < f->lines.n; i++) {
        if (f->lines.p[i].group || f->lines.p[i].from == f->lines.p[i].to) continue;
        family kind = family_of(f, i);
        if (kind == F_NONE) continue;
        size_t group = f->groups.n, last = i;
        bool coded = f->file->tokens.p[f->lines.p[i].from + 1].kind != T_COLON && kind == F_NAME &&
                     !first_of(f, &f->lines.p[i], is_colon);
        size_t gap = kind == F_ITEM || coded ? 2 : 1;
        KL_PUSH(f->arena, &f->groups, (kl_group){{0}, {kind == F_ITEM ? 1 : gap, gap}});
        for (; last < f->lines.n && (last == i || !ends_group(f, last, kind)); last++)
            if (f->lines.p[last].from < f->lines.p[last].to && family_of(f, last) == kind) {
                f->lines.p[last].group = group;
                find_stops(f, &f->lines.p[last], kind);
            }
        find_columns(f, group, kind, i, last);
    }
}
