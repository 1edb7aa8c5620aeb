/* seal.c - the last step of writing an image: the header's words that follow from the rest. Not needed to run one.
 * May include: program.h of this room. Used by the emitter and by tests that build or damage images.
 * Start at kl_image_seal(). */
#include "runtime/program.h"

static void store32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (8 * i));
}
static void store64(uint8_t *p, uint64_t v) {
    for (int i = 0; i < 8; i++) p[i] = (uint8_t)(v >> (8 * i));
}

void kl_image_seal(uint8_t *image, uint32_t size) {
    static const uint8_t writes[] = {
#define KL_OP(name, dst, a, b, c, d, semantics) KL_IS_##dst,
#include "runtime/opcodes.def"
#undef KL_OP
    };
    uint32_t offset[KL_S_COUNT], count[KL_S_COUNT];
    for (uint32_t s = 0; s < KL_S_COUNT; s++) {
        offset[s] = kl_load32(image + KL_H_DIRECTORY + (size_t)s * 8);
        count[s] = kl_load32(image + KL_H_DIRECTORY + (size_t)s * 8 + 4);
    }
    kl_counts n = {.slots = count[KL_S_SLOTS]};
    for (uint32_t i = 0; i < count[KL_S_CODE]; i++) {
        uint32_t op = kl_load32(image + offset[KL_S_CODE] + (size_t)i * kl_stride(KL_S_CODE));
        if (op >= KL_OP_COUNT) continue;
        n.truths += writes[op] == KL_IS_B;
        n.numbers += writes[op] == KL_IS_N;
    }
    for (uint32_t i = 0; i < n.slots; i++) {
        const uint8_t *row = image + offset[KL_S_SLOTS] + (size_t)i * kl_stride(KL_S_SLOTS);
        uint32_t nodes = kl_load32(row + 4 * KL_L_NODES), edges = kl_load32(row + 4 * KL_L_EDGES);
        if (nodes > n.nodes) n.nodes = nodes;
        if (edges > n.edges) n.edges = edges;
    }
    kl_layout layout;
    kl_layout_of(count, &n, &layout);
    memcpy(image + KL_H_MAGIC, KL_IMAGE_MAGIC, 8);
    store32(image + KL_H_VERSION, KL_IMAGE_MAJOR << 16 | KL_IMAGE_MINOR);
    store32(image + KL_H_SIZE, size);
    store32(image + KL_H_SECTIONS, KL_S_COUNT);
    store32(image + KL_H_B_REGISTERS, n.truths);
    store32(image + KL_H_N_REGISTERS, n.numbers);
    store32(image + KL_H_SLOTS, n.slots);
    store32(image + KL_H_WALK_NODES, n.nodes);
    store32(image + KL_H_WALK_EDGES, n.edges);
    store64(image + KL_H_SCRATCH, layout.at[KL_P_COUNT]);
    store64(image + KL_H_CHECKSUM, kl_checksum(image, size));
}
