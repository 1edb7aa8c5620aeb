/* given.c - values and names as rule text.
 * May include: compiler/cli/given, lang/catalogue, the runtime's dates.
 * Start at kl_given_text(). */
#include "compiler/cli/given.h"

#include <string.h>

#include "lang/catalogue.h"
#include "runtime/dates.h"

static bool is_word(kl_str name, kl_surface surface) {
    for (size_t i = 0; i < kl_words_count; i++) {
        kl_str word = kl_words[i].text[surface];
        if (kl_words[i].class == KL_W_TYPE || word.n < name.n || memcmp(word.p, name.p, name.n) != 0) continue;
        if (word.n == name.n || word.p[name.n] == ' ' || word.p[name.n] == '/') return true;
    }
    return false;
}

/* A name of several parts has its quotes around each part that needs them. */
kl_str kl_given_name(kl_arena *a, kl_str name, kl_surface surface) {
    kl_buf b;
    kl_buf_init(&b, a);
    for (size_t from = 0, to; from <= name.n; from = to + 1) {
        for (to = from; to < name.n && name.p[to] != '.';) to++;
        kl_str part = {name.p + from, to - from};
        const char *quote = from == 0 && is_word(part, surface) ? "`" : "";
        kl_buf_fmt(&b, "%s%s%.*s%s", from ? "." : "", quote, KL_FMT(part), quote);
    }
    return kl_buf_view(&b);
}

kl_str kl_given_string(kl_arena *a, kl_str text) {
    kl_buf b;
    kl_buf_init(&b, a);
    kl_buf_fmt(&b, "\"");
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\') kl_buf_fmt(&b, "\\");
        kl_buf_add(&b, text.p + i, 1);
    }
    kl_buf_fmt(&b, "\"");
    return kl_buf_view(&b);
}

static kl_str number_text(kl_arena *a, int64_t v, unsigned decimals, bool whole_bare, kl_surface surface) {
    int64_t one = 1;
    for (unsigned i = 0; i < decimals; i++) one *= 10;
    const char *minus = v < 0 ? "-" : "";
    int64_t whole = v / one, part = v % one;
    if (whole < 0) whole = -whole;
    if (part < 0) part = -part;
    if (decimals == 0 || (part == 0 && whole_bare)) return kl_str_fmt(a, "%s%lld", minus, (long long)whole);
    return kl_str_fmt(a, "%s%lld%c%0*lld", minus, (long long)whole, surface == KL_SV ? ',' : '.', (int)decimals,
                      (long long)part);
}

static kl_str set_text(kl_arena *a, const ir_set *set, uint64_t mask, kl_surface surface) {
    kl_buf b;
    kl_buf_init(&b, a);
    if (!mask) return surface == KL_SV ? KL_STR("inga") : KL_STR("empty");
    for (size_t i = 0; i < set->values.n; i++)
        if (mask >> i & 1)
            kl_buf_fmt(&b, "%s%.*s", b.n ? ", " : "", KL_FMT(kl_given_name(a, set->values.p[i].name, surface)));
    return mask & (mask - 1) ? kl_str_fmt(a, "(%.*s)", (int)b.n, b.p) : kl_buf_view(&b);
}

kl_str kl_given_text(kl_arena *a, const ir_guideline *g, ir_type type, const kl_datum *d, kl_surface surface) {
    bool sv = surface == KL_SV;
    char day[10];
    if (d->state != KL_DATUM_VALUE) return sv ? KL_STR("okänt") : KL_STR("unknown");
    switch (type.kind) {
    case KL_T_BOOL: return d->number ? (sv ? KL_STR("ja") : KL_STR("yes")) : sv ? KL_STR("nej") : KL_STR("no");
    case KL_T_VALUES: return kl_given_name(a, g->sets.p[type.set].values.p[d->number].name, surface);
    case KL_T_SET: return set_text(a, &g->sets.p[type.set], d->set, surface);
    case KL_T_TEXT: return kl_given_string(a, d->text);
    case KL_T_DATE: kl_date_write((int32_t)d->number, day); return kl_str_dup(a, (kl_str){day, sizeof day});
    case KL_T_MONEY: {
        kl_str number = number_text(a, d->number, 2, true, surface);
        bool crowns = kl_str_eq(g->currency, KL_STR("SEK")) || !g->currency.n;
        return crowns ? kl_str_fmt(a, "%.*s kr", KL_FMT(number))
                      : kl_str_fmt(a, "%.*s %.*s", KL_FMT(number), KL_FMT(g->currency));
    }
    case KL_T_MINUTES:
        return kl_str_fmt(a, "%.*s %s", KL_FMT(number_text(a, d->number, 0, true, surface)),
                          sv ? "minuter" : "minutes");
    case KL_T_DAYS:
        return kl_str_fmt(a, "%.*s %s", KL_FMT(number_text(a, d->number, 0, true, surface)), sv ? "dagar" : "days");
    default: return number_text(a, d->number, type.decimals, true, surface);
    }
}
