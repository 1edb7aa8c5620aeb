/* c_names.c - names for generated C: the rules' own names in plain letters, each once within its group, none a word of C.
 * May include: compiler/emit/c.h.
 * Start at kl_c_name(). */
#include "compiler/emit/c.h"

#include <string.h>

static const struct {
    const char *from, *to;
} plain[] = {{"å", "a"}, {"ä", "a"}, {"ö", "o"}, {"é", "e"}, {"ü", "u"}, {"Å", "A"},
             {"Ä", "A"}, {"Ö", "O"}, {"É", "E"}, {"Ü", "U"}, {"æ", "a"}, {"ø", "o"}};

static bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static kl_str spelled(kl_arena *a, kl_str name, bool upper) {
    kl_buf b;
    kl_buf_init(&b, a);
    for (size_t i = 0; i < name.n;) {
        size_t k = 0, n = sizeof plain / sizeof *plain;
        while (k < n && !(name.n - i >= 2 && memcmp(name.p + i, plain[k].from, 2) == 0)) k++;
        char c = k < n ? plain[k].to[0] : name.p[i];
        if (!letter(c) && !digit(c)) c = '_';
        if (upper && c >= 'a' && c <= 'z') c = (char)(c - 32);
        kl_buf_add(&b, &c, 1);
        i += k < n ? 2 : 1;
        while (k == n && i < name.n && ((unsigned char)name.p[i] & 0xC0) == 0x80) i++;
    }
    return kl_buf_view(&b);
}

/* Words of C and of C++, which may include the header too. */
static bool reserved(kl_str s) {
    static const char words[] =
        " alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const "
        "consteval"
        " constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double"
        " dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable "
        "namespace"
        " new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires"
        " restrict return short signed sizeof static static_assert static_cast struct switch template this thread_local"
        " throw true try typedef typeid typename typeof union unsigned using virtual void volatile wchar_t while xor"
        " xor_eq ";
    for (const char *p = words; (p = strchr(p, ' ')) != NULL && p[1]; p++)
        if (strncmp(p + 1, s.p, s.n) == 0 && p[1 + s.n] == ' ') return true;
    return false;
}

kl_str kl_c_name(kl_arena *a, kl_c_names *group, kl_str name, bool upper) {
    kl_str base = spelled(a, name, upper), s = base;
    if (!base.n || digit(base.p[0])) s = base = kl_str_fmt(a, "_%.*s", (int)base.n, base.p);
    if (reserved(base)) s = base = kl_str_fmt(a, "%.*s_", (int)base.n, base.p);
    for (unsigned again = 2;; again++) {
        bool taken = false;
        for (size_t i = 0; i < group->n && !taken; i++) taken = kl_str_eq(group->p[i], s);
        if (!taken) break;
        s = kl_str_fmt(a, "%.*s_%u", (int)base.n, base.p, again);
    }
    KL_PUSH(a, group, s);
    return s;
}
