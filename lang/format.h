/* format.h - what the parts of the formatter share: tokens with their new text, lines, tables.
 * May include: lang/reader.h. Internal to the room.
 * Start at kl_format() in format.c: it never joins or breaks lines, so a line's tokens stay together. */
#ifndef KL_LANG_FORMAT_H
#define KL_LANG_FORMAT_H

#include "lang/reader.h"

enum { KL_STOPS = 2 }; /* columns that lines of a group share, besides their indent */

typedef struct kl_line {
    size_t from, to; /* tokens; equal on a blank line and on one with a comment alone */
    kl_str comment;  /* empty when there is none */
    bool blank;
    size_t stop[KL_STOPS]; /* the token that begins at that column; 0 when the line has none */
    size_t group;          /* lines of one group share their columns; 0: none */
} kl_line;

typedef struct kl_group {
    size_t column[KL_STOPS];
    size_t gap[KL_STOPS];
} kl_group;

typedef struct kl_formatter {
    kl_arena *arena;
    const kl_file *file;
    kl_surface surface;
    kl_str *text;         /* of each token, as it will be written */
    unsigned char *space; /* blanks before it, unless it begins a line or a column */
    KL_VEC(kl_line) lines;
    KL_VEC(kl_group) groups;
    kl_buf out;
} kl_formatter;

/* Fills in text and space (format_text.c). */
void kl_format_tokens(kl_formatter *f);
/* Divides the lines into groups and finds their columns (format_group.c). */
void kl_format_groups(kl_formatter *f);
/* Writes the table row or rule `line` belongs to; widths are found at the table's first row (format_table.c). */
typedef struct kl_table_widths {
    KL_VEC(size_t) width;
    size_t through; /* first line past the table, 0 when none is known */
} kl_table_widths;
size_t kl_format_row(kl_formatter *f, kl_table_widths *w, size_t line); /* the columns written */

/* What a line begins with. */
typedef enum kl_line_kind { KL_L_NONE, KL_L_PIECE, KL_L_HEAD, KL_L_ITEM, KL_L_NAME, KL_L_ROW, KL_L_MORE } kl_line_kind;
kl_line_kind kl_line_kind_of(const kl_formatter *f, size_t line);

size_t kl_format_width(const kl_formatter *f, size_t token);

#endif
