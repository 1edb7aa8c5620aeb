/* z3_table.h - the functions of z3 as a table, filled when the first question needs the library: a command that proves nothing starts without it.
 * May include: z3.h. Only z3.c and the solver's files (by way of z3_calls.h) include this.
 * Start at kl_z3_load(). */
#ifndef KL_COMPILER_ANALYSE_Z3_TABLE_H
#define KL_COMPILER_ANALYSE_Z3_TABLE_H

#include <stdbool.h>
#include <z3.h>

typedef struct kl_z3_table {
#define KL_Z3(name) __typeof__(name) *name;
#include "compiler/analyse/z3.def"
#undef KL_Z3
} kl_z3_table;

extern kl_z3_table kl_z3;
bool kl_z3_load(void); /* false: the library is not on this machine */

#endif
