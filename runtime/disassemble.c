/* disassemble.c - instructions as names, operands and their meaning in words: for inspection, nothing that decides.
 * May include: program.h of this room.
 * Start at kl_disassemble(); all text comes from opcodes.def. */
#include "runtime/program.h"

/* Every name and meaning, one after the other: read by offset, so that no pointer has to be adjusted at load. */
static const struct words {
#define KL_OP(name, dst, a, b, c, d, semantics) char name[sizeof #name], name##_means[sizeof semantics];
#include "runtime/opcodes.def"
#undef KL_OP
} words = {
#define KL_OP(name, dst, a, b, c, d, semantics) #name, semantics,
#include "runtime/opcodes.def"
#undef KL_OP
};

bool kl_disassemble(const kl_program *p, uint32_t i, kl_instruction *out) {
    static const struct {
        uint16_t name, means;
        uint8_t kinds[5];
    } forms[] = {
#define KL_OP(name, dst, a, b, c, d, semantics)                                                                        \
    {(uint16_t)offsetof(struct words, name),                                                                           \
     (uint16_t)offsetof(struct words, name##_means),                                                                   \
     {KL_IS_##dst, KL_IS_##a, KL_IS_##b, KL_IS_##c, KL_IS_##d}},
#include "runtime/opcodes.def"
#undef KL_OP
    };
    static const char letters[] = "-BNFFFFFFAIMVTRL";
    memset(out, 0, sizeof *out);
    if (i >= p->count[KL_S_CODE]) return false;
    const uint8_t *row = kl_row(p, KL_S_CODE, i);
    uint32_t op = kl_at(row, 0);
    out->name = (const char *)&words + forms[op].name;
    out->semantics = (const char *)&words + forms[op].means;
    out->dst = kl_at(row, 1);
    for (uint32_t k = 0; k < 5; k++) out->kinds[k] = letters[forms[op].kinds[k]];
    for (uint32_t k = 0; k < 4; k++) out->operands[k] = kl_at(row, 2 + k);
    return true;
}
