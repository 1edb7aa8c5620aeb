/* image.c - facts of the format that the verifier and whoever writes images need alike: strides, checksum, the layout of a workspace.
 * May include: program.h of this room.
 * Start at kl_layout_of(): what one batch of KL_BATCH_MAX records takes. */
#include "runtime/program.h"

_Static_assert(KL_BATCH_MAX == KL_ROWS_MAX, "one batch size");
_Static_assert(sizeof(kl_workspace) <= KL_WORKSPACE_HEAD, "the workspace's head has room");
_Static_assert(sizeof(kl_node) == 28 && sizeof(kl_class) == 12 && sizeof(kl_stamped) == 8 && sizeof(kl_assumed) == 16,
               "the layout is portable");
_Static_assert(offsetof(kl_workspace, pending) - offsetof(kl_workspace, part) == (KL_P_COUNT - 1) * sizeof(void *),
               "a pointer for each part");
_Static_assert(sizeof(kl_field_plan) == 24 && sizeof(kl_step) == 12 && sizeof(kl_test) == 64 && sizeof(kl_gate) == 8 &&
                   sizeof(kl_reach) == 8 && sizeof(kl_slot_plan) == 36,
               "the plan's is too");

uint32_t kl_stride(kl_section s) {
    return s == KL_S_STRINGS ? 1 : s == KL_S_CONSTS || s == KL_S_MASKS ? 8 : (uint32_t)kl_words_of[s] * 4;
}

uint64_t kl_checksum(const uint8_t *image, size_t size) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = KL_H_SECTIONS; i < size; i++) h = (h ^ image[i]) * UINT64_C(0x100000001b3);
    return h;
}

uint32_t kl_width(uint32_t n) {
    uint32_t bits = 0;
    for (; n; n >>= 1) bits++;
    return bits;
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

void kl_layout_of(const uint32_t count[], const kl_counts *n, kl_layout *out) {
    static const uint16_t bytes[KL_P_COUNT] = {sizeof(kl_assumed), sizeof(uint32_t),   sizeof(kl_field_plan),
                                               sizeof(kl_step),    sizeof(kl_test),    sizeof(kl_gate),
                                               sizeof(kl_reach),   sizeof(uint32_t),   sizeof(kl_slot_plan),
                                               sizeof(uint32_t),   sizeof(uint32_t),   8 * KL_WORDS,
                                               8 * KL_ROWS_MAX,    KL_ROWS_MAX,        sizeof(kl_stamped),
                                               sizeof(kl_class),   sizeof(kl_node),    sizeof(uint32_t),
                                               sizeof(kl_stamped), sizeof(kl_stamped), 1};
    uint64_t at = KL_WORKSPACE_HEAD, planes = KL_LITERALS + 2 * (uint64_t)n->truths, code = count[KL_S_CODE];
    uint64_t ends = (uint64_t)count[KL_S_EDGES] + count[KL_S_CANDIDATES] + 4 * (uint64_t)n->slots;
    uint64_t cells = least(count[KL_S_CUTS] + 7 * (uint64_t)count[KL_S_QUESTIONS], KL_CELLS_MOST);
    out->bucket_count = 16;
    while (out->bucket_count < n->nodes) out->bucket_count *= 2;
#define PLANES(kind, count) (out->kind = (uint32_t)planes, planes += (count))
    PLANES(cells, 4 * cells);
    PLANES(slices, 6 * (uint64_t)count[KL_S_FIELDS]);
    PLANES(reach, least(n->nodes, KL_EDGES_MOST) + least(count[KL_S_RESULTS], KL_EDGES_MOST) + 4);
    PLANES(decisions, (uint64_t)n->slots * kl_width(count[KL_S_RESULTS] + KL_CODES));
#undef PLANES
    const uint64_t all[KL_P_COUNT] = {count[KL_S_ASSUMPTIONS],
                                      n->truths,
                                      count[KL_S_FIELDS],
                                      2 * code + 2 * cells + count[KL_S_QUESTIONS] + count[KL_S_FIELDS],
                                      code + cells,
                                      2 * (code + cells),
                                      ends + count[KL_S_CANDIDATES] + 3 * (uint64_t)n->slots,
                                      ends,
                                      n->slots,
                                      count[KL_S_QUESTIONS],
                                      cells,
                                      planes,
                                      n->numbers,
                                      n->numbers,
                                      count[KL_S_QUESTIONS],
                                      count[KL_S_RESULTS],
                                      n->nodes,
                                      n->edges,
                                      out->bucket_count,
                                      count[KL_S_ENTRIES],
                                      n->slots};
    for (uint32_t part = 0; part < KL_P_COUNT; part++) {
        out->at[part] = at;
        at = (at + all[part] * bytes[part] + 63) & ~UINT64_C(63);
    }
    out->at[KL_P_COUNT] = at;
}
