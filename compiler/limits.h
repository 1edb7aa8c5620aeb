/* limits.h - the compiler's named limits; passing one is a diagnostic (K04xx) that names it, never a crash.
 * May include: nothing.
 * Start here when a guideline is refused for its size. */
#ifndef KL_COMPILER_LIMITS_H
#define KL_COMPILER_LIMITS_H

#define KL_MAX_FILES 64                         /* files one guideline may use, itself included */
#define KL_MAX_PARENTS 16                       /* folders above the current one searched for a shared file */
#define KL_MAX_CLAUSE_DEPTH 200                 /* clauses that rest on clauses */
#define KL_MAX_VALUES 65535                     /* values in a set */
#define KL_MAX_SET_VALUES 64                    /* values in a set that a field or outcome may hold several of */
#define KL_MAX_ENTRIES 100000                   /* clauses, items, rules, rows … of one guideline */
#define KL_MAX_FIELDS 10000                     /* fields of one guideline */
#define KL_MAX_ARMS 256                         /* cases one value may split into (om … så …, tariff steps) */
#define KL_MAX_BASES 100                        /* examples that build on each other in a row */
#define KL_MAX_NODES 1000000                    /* nodes of one guideline's conditions and values */
#define KL_MAX_NUMBER INT64_C(1000000000000000) /* a number, in its smallest unit, either sign */
#define KL_MAX_DECIMALS 9                       /* decimals of a decimal type */
#define KL_MAX_SEARCH                                                                                                  \
    5000 /* steps spent on finding a record on which two rows contradict each other; then it is not reported */
#define KL_MAX_TABLE_SEARCH 2000000 /* steps spent on one table */

#endif
