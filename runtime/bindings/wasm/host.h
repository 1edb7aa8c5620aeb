/* host.h - what the WebAssembly modules' files share: what JavaScript calls, how it hands bytes over, where answers stand.
 * May include: the runtime, its io room.
 * Start at KL_EXPORT and kl_given_bytes. */
#ifndef KL_BINDINGS_WASM_HOST_H
#define KL_BINDINGS_WASM_HOST_H

#include "runtime/io/desk.h"

#define KL_EXPORT(as) __attribute__((export_name(as)))
#define KL_IMPORT(as) __attribute__((import_module("klausul"), import_name(as)))

/* ---- imported: what JavaScript knows of Unicode */
/* NFC of the text, at most `room` bytes of it into `into`; the bytes it has. */
KL_IMPORT("compose") size_t kl_js_compose(const char *text, size_t size, char *into, size_t room);

/* ---- host.c: bytes from JavaScript, in order: numbers of 32 bits, lowest byte first, and texts with their size before them */
typedef struct kl_given_bytes {
    const uint8_t *at, *end;
} kl_given_bytes;
uint32_t kl_next_number(kl_given_bytes *g); /* 0 past the end */
uint8_t kl_next_byte(kl_given_bytes *g);
kl_string kl_next_text(kl_given_bytes *g); /* empty past the end */

/* The answer of the last call: UTF-8, JSON unless a call says otherwise. JavaScript reads it before the next one. */
extern kl_bytes kl_answer;
kl_bytes *kl_answer_anew(void);

/* ---- describe.c */
void kl_describe_rules(kl_bytes *out, const kl_ruleset *rules);

#endif
