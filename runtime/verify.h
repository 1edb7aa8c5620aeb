/* verify.h - what the two halves of the verifier share: the image under examination and where it is found wanting.
 * May include: program.h of this room.
 * Start at kl_verify() in verify.c. */
#ifndef KL_RUNTIME_VERIFY_H
#define KL_RUNTIME_VERIFY_H

#include "runtime/program.h"

typedef struct kl_exam {
    kl_program *p;
    kl_fault *fault;
} kl_exam;

/* Notes the fault at that byte and returns false. */
bool kl_refuse(const kl_exam *x, size_t offset, const char *reason);
bool kl_refuse_word(const kl_exam *x, kl_section s, uint32_t row, uint32_t word, const char *reason);

bool kl_verify_code(const kl_exam *x); /* code, and the slots at their DECIDE; the tables have been admitted */

#endif
