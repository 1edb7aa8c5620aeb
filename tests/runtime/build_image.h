/* build_image.h - writes images by hand, row by row, for tests of the runtime.
 * May include: the runtime's image.h and klausul.h. Memory is the builder's own; image_free() gives it back.
 * Start at image_new(), then the rows, then image_finish(). */
#ifndef TESTS_BUILD_IMAGE_H
#define TESTS_BUILD_IMAGE_H

#include "runtime/image.h"
#include "runtime/klausul.h"

enum {
#define KL_OP(name, dst, a, b, c, d, semantics) DO_##name,
#include "runtime/opcodes.def"
#undef KL_OP
    DO_COUNT
};

typedef struct image {
    uint8_t *section[KL_S_COUNT];
    size_t size[KL_S_COUNT], room[KL_S_COUNT];
    uint32_t truths, numbers, slots; /* written so far */
    uint8_t *bytes;                  /* after image_finish */
    size_t bytes_size;
} image;

image *image_new(void);
void image_free(image *m);
uint32_t image_count(const image *m, kl_section s);
/* Appends a row of words and returns its index. Give a string with image_words(): two words in place. */
uint32_t image_row(image *m, kl_section s, const uint32_t *words, size_t count);
#define ROW(m, s, ...)                                                                                                 \
    image_row((m), (s), (const uint32_t[]){__VA_ARGS__}, sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))
/* Writes another word into a row that stands. */
void image_change(image *m, kl_section s, uint32_t row, uint32_t word, uint32_t value);
/* A string's offset; its size is strlen(text). S(m, "x") is both words in an initializer. */
uint32_t image_string(image *m, const char *text);
#define S(m, text) image_string((m), (text)), (uint32_t)strlen(text)

uint32_t image_const(image *m, int64_t v);
uint32_t image_mask(image *m, uint64_t v);
uint32_t image_text(image *m, const char *text);
uint32_t image_set(image *m, const char *name, uint32_t values);
uint32_t image_field(image *m, const char *name, kl_type_code type, uint32_t scale, uint32_t set);
uint32_t image_field_default(image *m, const char *name, kl_type_code type, uint32_t set, int64_t value);
uint32_t image_entry(image *m, const char *id, kl_entry_kind kind, uint32_t parent, uint32_t truth);
uint32_t image_result(image *m, kl_result_kind kind, uint32_t value);
uint32_t image_result_ref(image *m, kl_result_kind kind, uint32_t value, kl_ref_kind ref, uint32_t index);
uint32_t image_outcome(image *m, const char *name, kl_type_code type, uint32_t set, uint32_t flags, uint32_t slot);
uint32_t image_candidate(image *m, uint32_t entry, uint32_t result, uint32_t fires);
/* A question with its cuts, and one reference. */
uint32_t image_question(image *m, kl_question_kind kind, uint32_t source, uint32_t cells, const uint32_t *cuts,
                        size_t cut_count, kl_ref_kind ref, uint32_t index);
/* With flags and several references: kind and index of each. */
uint32_t image_question2(image *m, kl_question_kind kind, uint32_t source, uint32_t cells, const uint32_t *cuts,
                         size_t cut_count, uint32_t flags, const uint32_t *refs, size_t ref_count);
uint32_t image_node(image *m, uint32_t question, const uint32_t *edges, size_t count);
#define NODE(m, question, ...)                                                                                         \
    image_node((m), (question), (const uint32_t[]){__VA_ARGS__},                                                       \
               sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))
#define T(result) (KL_TERMINAL | (result))
/* Appends an instruction; returns the register it writes, or 0. */
uint32_t image_do(image *m, int op, uint32_t a, uint32_t b, uint32_t c, uint32_t d);
/* One guideline row; scope: a truth register. */
void image_guideline(image *m, const char *name, uint32_t dated_by, uint32_t scope);
/* Lays the sections out and seals the image: m->bytes, m->bytes_size. May be called again after a change. */
void image_finish(image *m);

/* The first byte of a row in the finished image, to damage it. */
size_t image_at(const image *m, kl_section s, uint32_t row, uint32_t word);

/* An admitted image with a workspace; fails the test when it is refused. */
typedef struct loaded {
    void *program_memory, *workspace_memory;
    const kl_program *program;
    kl_workspace *workspace;
} loaded;
loaded image_load(const image *m);
void loaded_free(loaded *l);

#endif
