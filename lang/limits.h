/* limits.h - every limit the language room sets on what it reads, in one place.
 * May include: nothing. Each limit has a diagnostic (K019x) and a test at the limit and one past it.
 * Start here when a file is refused for its size; raising a number needs no other change unless said. */
#ifndef KL_LANG_LIMITS_H
#define KL_LANG_LIMITS_H

#define KL_MAX_FILE (16u * 1024 * 1024) /* bytes of one rule file; offsets are 32 bits wide and flex counts in int */
#define KL_MAX_NESTING 64               /* parentheses open at once */
#define KL_MAX_DEPTH 256                /* levels of one expression's tree: whoever walks it may recurse */
#define KL_MAX_NAME 100                 /* characters of a name, dots included */
#define KL_MAX_DIGITS 18                /* digits of a number: what 64 bits hold with room to spare */
#define KL_MAX_COLUMNS 255              /* columns of a table */
#define KL_MAX_ERRORS 100               /* errors shown; the rest are only counted */

/* The parser's stack. Depth above follows from KL_MAX_NESTING times the symbols one level can hold. */
#define KL_MAX_STACK 2000

#endif
