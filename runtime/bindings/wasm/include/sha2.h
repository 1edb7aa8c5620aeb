/* sha2.h - SHA-256 under the names that libmd gives it, which the emitter calls.
 * May include: stdint, stddef. sha256.c does the work; Debian has no libmd for WebAssembly, and a browser's own SHA-256 answers later only.
 * Start at SHA256Init(). */
#ifndef KL_BINDINGS_WASM_SHA2_H
#define KL_BINDINGS_WASM_SHA2_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_DIGEST_LENGTH 32

typedef struct SHA2_CTX {
    uint32_t state[8];
    uint64_t size; /* bytes so far */
    uint8_t block[64];
} SHA2_CTX;

void SHA256Init(SHA2_CTX *c);
void SHA256Update(SHA2_CTX *c, const uint8_t *bytes, size_t size);
void SHA256Final(uint8_t digest[SHA256_DIGEST_LENGTH], SHA2_CTX *c);

#endif
