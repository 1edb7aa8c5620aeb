/* image.c - facts of the format that the verifier and whoever writes images need alike: strides, checksum, the layout of a workspace.
 * May include: program.h of this room.
 * Start at kl_layout_of(): what one batch of KL_BATCH_MAX records takes. */
#include "runtime/program.h"

_Static_assert(KL_BATCH_MAX == KL_ROWS_MAX, "one batch size");
_Static_assert(sizeof(kl_workspace) <= KL_WORKSPACE_HEAD, "the workspace's head has room");
_Static_assert(sizeof(kl_node) == 28 && sizeof(kl_class) == 12 && sizeof(kl_stamped) == 8 && sizeof(kl_assumed) == 16,
               "the layout is portable");

uint32_t kl_stride(kl_section s) {
    return s == KL_S_STRINGS ? 1 : s == KL_S_CONSTS || s == KL_S_MASKS ? 8 : (uint32_t)kl_words_of[s] * 4;
}

uint64_t kl_checksum(const uint8_t *image, size_t size) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = KL_H_SECTIONS; i < size; i++) h = (h ^ image[i]) * UINT64_C(0x100000001b3);
    return h;
}

void kl_layout_of(const kl_counts *n, kl_layout *out) {
    uint64_t at = KL_WORKSPACE_HEAD;
    out->bucket_count = 16;
    while (out->bucket_count < n->nodes) out->bucket_count *= 2;
#define TAKE(part, count, bytes) (out->part = at, at = (at + (uint64_t)(count) * (bytes) + 63) & ~UINT64_C(63))
    TAKE(assumed, n->assumptions, sizeof(kl_assumed));
    TAKE(truths, n->truths, 2 * 8 * KL_WORDS);
    TAKE(numbers, n->numbers, 8 * KL_ROWS_MAX);
    TAKE(tags, n->numbers, KL_ROWS_MAX);
    TAKE(decisions, n->slots, 4 * KL_ROWS_MAX);
    TAKE(answers, n->questions, sizeof(kl_stamped));
    TAKE(results, n->results, sizeof(kl_class));
    TAKE(nodes, n->nodes, sizeof(kl_node));
    TAKE(edges, n->edges, 4);
    TAKE(buckets, out->bucket_count, sizeof(kl_stamped));
    TAKE(entries, n->entries, sizeof(kl_stamped));
    TAKE(pending, n->slots, 1);
#undef TAKE
    out->size = at;
}
