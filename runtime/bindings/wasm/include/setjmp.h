/* setjmp.h - WebAssembly has no jumps out of functions: out of memory ends the module instead, and JavaScript hears of it.
 * May include: nothing. In the place of the C library's, which refuses.
 * Start at longjmp(). */
#ifndef KL_BINDINGS_WASM_SETJMP_H
#define KL_BINDINGS_WASM_SETJMP_H

typedef int jmp_buf[1];
#define longjmp(to, value) ((void)(to), (void)(value), __builtin_trap())

#endif
