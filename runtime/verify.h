/* verify.h - what the two halves of the verifier share: the image under examination and where it is found wanting.
 * May include: program.h of this room.
 * Start at kl_verify() in verify.c. */
#ifndef KL_RUNTIME_VERIFY_H
#define KL_RUNTIME_VERIFY_H

#include "runtime/program.h"

/* An examination says why a row is refused, or NULL; `at` is the word that was looked at last: the guilty one. */
typedef struct kl_exam {
    kl_program *p;
    kl_section section;
    uint32_t row, at;
    uint32_t slots;                    /* seen in outcomes */
    uint32_t truths, numbers, decided; /* written so far by the code */
    uint32_t edges;                    /* of the diagrams of decided slots */
} kl_exam;

const char *kl_verify_code(kl_exam *x); /* code, and the slots at their DECIDE; the tables have been admitted */

static inline const char *kl_blame(kl_exam *x, kl_section section, uint32_t row, uint32_t word, const char *reason) {
    x->section = section;
    x->row = row;
    x->at = word;
    return reason;
}

#endif
