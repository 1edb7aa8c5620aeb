/* build_image.c - writes images by hand, row by row, for tests of the runtime.
 * May include: build_image.h and the C library.
 * Start at image_finish(): sections in order, on 8-byte boundaries, then the seal. */
#include "tests/runtime/build_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t words_of[KL_S_COUNT] = KL_STRIDES;

static size_t stride(kl_section s) {
    return s == KL_S_STRINGS ? 1 : words_of[s] ? words_of[s] * 4u : 8;
}

image *image_new(void) {
    return calloc(1, sizeof(image));
}

void image_free(image *m) {
    for (int s = 0; s < KL_S_COUNT; s++) free(m->section[s]);
    free(m->bytes);
    free(m);
}

static void append(image *m, kl_section s, const void *bytes, size_t n) {
    if (m->size[s] + n > m->room[s]) {
        m->room[s] = (m->size[s] + n) * 2;
        m->section[s] = realloc(m->section[s], m->room[s]);
    }
    memcpy(m->section[s] + m->size[s], bytes, n);
    m->size[s] += n;
}

static void append_number(image *m, kl_section s, uint64_t v, int bytes) {
    uint8_t b[8];
    for (int i = 0; i < bytes; i++) b[i] = (uint8_t)(v >> (8 * i));
    append(m, s, b, (size_t)bytes);
}

uint32_t image_count(const image *m, kl_section s) {
    return (uint32_t)(m->size[s] / stride(s));
}

uint32_t image_row(image *m, kl_section s, const uint32_t *words, size_t count) {
    if (count != words_of[s]) {
        fprintf(stderr, "a row of section %d has %d words, not %zu\n", (int)s, words_of[s], count);
        abort();
    }
    for (size_t i = 0; i < count; i++) append_number(m, s, words[i], 4);
    return image_count(m, s) - 1;
}

void image_change(image *m, kl_section s, uint32_t row, uint32_t word, uint32_t value) {
    for (int i = 0; i < 4; i++) m->section[s][row * stride(s) + word * 4u + (size_t)i] = (uint8_t)(value >> (8 * i));
}

uint32_t image_string(image *m, const char *text) {
    uint32_t at = (uint32_t)m->size[KL_S_STRINGS];
    append(m, KL_S_STRINGS, text, strlen(text));
    return at;
}

uint32_t image_const(image *m, int64_t v) {
    append_number(m, KL_S_CONSTS, (uint64_t)v, 8);
    return image_count(m, KL_S_CONSTS) - 1;
}

uint32_t image_mask(image *m, uint64_t v) {
    append_number(m, KL_S_MASKS, v, 8);
    return image_count(m, KL_S_MASKS) - 1;
}

uint32_t image_text(image *m, const char *text) {
    return ROW(m, KL_S_TEXTS, S(m, text));
}

uint32_t image_set(image *m, const char *name, uint32_t values) {
    uint32_t first = image_count(m, KL_S_VALUES);
    for (uint32_t i = 0; i < values; i++) {
        char code[32];
        snprintf(code, sizeof code, "%s%u", name, i);
        uint32_t row = ROW(m, KL_S_CODES, S(m, code));
        ROW(m, KL_S_VALUES, S(m, code), S(m, "etikett"), row, 1);
    }
    return ROW(m, KL_S_SETS, S(m, name), S(m, "mängd"), first, values);
}

static uint32_t field(image *m, const char *name, kl_type_code type, uint32_t scale, uint32_t set, uint32_t flags,
                      uint32_t value) {
    uint32_t input = ROW(m, KL_S_INPUTS, S(m, name));
    return ROW(m, KL_S_FIELDS, S(m, name), S(m, "fält"), (uint32_t)type, scale, set, flags, value, input, 1);
}

uint32_t image_field(image *m, const char *name, kl_type_code type, uint32_t scale, uint32_t set) {
    return field(m, name, type, scale, set, 0, KL_ABSENT);
}

uint32_t image_field_default(image *m, const char *name, kl_type_code type, uint32_t set, int64_t value) {
    return field(m, name, type, type == KL_TYPE_MONEY ? 2 : 0, set, KL_FIELD_DEFAULT,
                 type == KL_TYPE_TEXT ? (uint32_t)value : image_const(m, value));
}

uint32_t image_entry(image *m, const char *id, kl_entry_kind kind, uint32_t parent, uint32_t truth) {
    return ROW(m, KL_S_ENTRIES, S(m, id), S(m, ""), S(m, "titel"), S(m, "källa"), S(m, ""), S(m, ""), (uint32_t)kind,
               parent, truth, 0, (uint32_t)INT32_MIN, (uint32_t)INT32_MAX, 0, 0, KL_ABSENT, 0, 0);
}

uint32_t image_result(image *m, kl_result_kind kind, uint32_t value) {
    return ROW(m, KL_S_RESULTS, (uint32_t)kind, value, 0, 0);
}

uint32_t image_result_ref(image *m, kl_result_kind kind, uint32_t value, kl_ref_kind ref, uint32_t index) {
    uint32_t first = ROW(m, KL_S_REFS, (uint32_t)ref, index);
    return ROW(m, KL_S_RESULTS, (uint32_t)kind, value, first, 1);
}

uint32_t image_outcome(image *m, const char *name, kl_type_code type, uint32_t set, uint32_t flags, uint32_t slot) {
    return ROW(m, KL_S_OUTCOMES, S(m, name), S(m, "utfall"), (uint32_t)type, type == KL_TYPE_MONEY ? 2u : 0u, set,
               flags, KL_ABSENT, image_count(m, KL_S_COLUMNS), 0, slot, 1);
}

uint32_t image_candidate(image *m, uint32_t entry, uint32_t result, uint32_t fires) {
    return ROW(m, KL_S_CANDIDATES, entry, result, fires, fires, 0, 0);
}

uint32_t image_question2(image *m, kl_question_kind kind, uint32_t source, uint32_t cells, const uint32_t *cuts,
                         size_t cut_count, uint32_t flags, const uint32_t *refs, size_t ref_count) {
    uint32_t first = image_count(m, KL_S_CUTS), first_ref = image_count(m, KL_S_REFS);
    for (size_t i = 0; i < cut_count; i++) ROW(m, KL_S_CUTS, cuts[i]);
    for (size_t i = 0; i < ref_count; i++) ROW(m, KL_S_REFS, refs[2 * i], refs[2 * i + 1]);
    return ROW(m, KL_S_QUESTIONS, (uint32_t)kind, source, cells, first, (uint32_t)cut_count, flags, first_ref,
               (uint32_t)ref_count);
}

uint32_t image_question(image *m, kl_question_kind kind, uint32_t source, uint32_t cells, const uint32_t *cuts,
                        size_t cut_count, kl_ref_kind ref, uint32_t index) {
    return image_question2(m, kind, source, cells, cuts, cut_count, 0, (const uint32_t[]){(uint32_t)ref, index}, 1);
}

uint32_t image_node(image *m, uint32_t question, const uint32_t *edges, size_t count) {
    uint32_t first = image_count(m, KL_S_EDGES);
    for (size_t i = 0; i < count; i++) ROW(m, KL_S_EDGES, edges[i]);
    return ROW(m, KL_S_NODES, question, first);
}

uint32_t image_do(image *m, int op, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    static const char destinations[DO_COUNT][3] = {
#define KL_OP(name, dst, x, y, z, u, semantics) #dst,
#include "runtime/opcodes.def"
#undef KL_OP
    };
    const char *to = destinations[op];
    uint32_t reg = to[0] == 'B' ? m->truths++ : to[1] == 0 ? m->numbers++ : 0;
    ROW(m, KL_S_CODE, (uint32_t)op, reg, a, b, c, d);
    return reg;
}

void image_guideline(image *m, const char *name, uint32_t dated_by, uint32_t scope) {
    ROW(m, KL_S_GUIDELINE, S(m, name), S(m, "Titel på prov"), S(m, "utgivare"), S(m, "dokument"), S(m, "SEK"),
        S(m, "2023-06-01"), S(m, "kontakt"), (uint32_t)INT32_MIN, (uint32_t)INT32_MAX, 0, 0, dated_by, KL_ABSENT,
        scope);
}

static void put32(uint8_t *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)(v >> (8 * i));
}

void image_finish(image *m) {
    size_t size = KL_H_DIRECTORY + KL_S_COUNT * 8;
    for (int s = 0; s < KL_S_COUNT; s++) size = (size + 7) / 8 * 8 + m->size[s];
    free(m->bytes);
    m->bytes = calloc(1, size);
    m->bytes_size = size;
    size_t at = KL_H_DIRECTORY + KL_S_COUNT * 8;
    for (int s = 0; s < KL_S_COUNT; s++) {
        at = (at + 7) / 8 * 8;
        put32(m->bytes + KL_H_DIRECTORY + s * 8, (uint32_t)at);
        put32(m->bytes + KL_H_DIRECTORY + s * 8 + 4, image_count(m, (kl_section)s));
        if (m->size[s]) memcpy(m->bytes + at, m->section[s], m->size[s]);
        at += m->size[s];
    }
    kl_image_seal(m->bytes, (uint32_t)size);
}

size_t image_at(const image *m, kl_section s, uint32_t row, uint32_t word) {
    const uint8_t *p = m->bytes + KL_H_DIRECTORY + (size_t)s * 8;
    size_t offset = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
    return offset + row * stride(s) + word * 4u;
}

loaded image_load(const image *m) {
    loaded l = {malloc(kl_program_size()), NULL, NULL, NULL};
    kl_fault fault;
    l.program = kl_verify(l.program_memory, kl_program_size(), m->bytes, m->bytes_size, &fault);
    if (!l.program) {
        fprintf(stderr, "refused at %zu: %s\n", fault.offset, fault.reason);
        abort();
    }
    size_t size = kl_workspace_size(l.program);
    l.workspace_memory = aligned_alloc(64, (size + 63) / 64 * 64);
    memset(l.workspace_memory, 0xA5, size); /* nothing may rely on what was there */
    l.workspace = kl_workspace_init(l.program, l.workspace_memory, size);
    if (!l.workspace) abort();
    return l;
}

void loaded_free(loaded *l) {
    free(l->program_memory);
    free(l->workspace_memory);
}
