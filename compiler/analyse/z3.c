/* z3.c - loads z3 when the first question needs it.
 * May include: z3_table.h, dlfcn.h.
 * Start at kl_z3_load(). */
#include "compiler/analyse/z3_table.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

kl_z3_table kl_z3;

static bool find(void *library, const char *name, void *into) {
    void *at = dlsym(library, name);
    memcpy(into, &at, sizeof at); /* a function's address, which C does not let a data pointer become */
    return at != NULL;
}

bool kl_z3_load(void) {
    static const char *const files[] = {"libz3.so.4", "libz3.so"};
    static bool tried, found;
    void *library = NULL;
    if (tried) return found;
    tried = true;
    for (size_t i = 0; i < sizeof files / sizeof *files && !library; i++)
        library = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
    found = library != NULL;
#define KL_Z3(name) found = found && find(library, #name, &kl_z3.name);
#include "compiler/analyse/z3.def"
#undef KL_Z3
    return found;
}
