/* json_scan.h - the loop over one NDJSON line. Each variant includes it after LOOP (its name) and two pieces of its own:
 * alike(p, text, size): whether the 1 to 64 bytes of text stand at p; plain(p, &high): how many bytes from p stand before a quote, a backslash or a control
 * byte, and whether some are not ASCII. Start at LOOP(). What it finds odd it leaves to kl_json_value() and kl_json_next(). */
#include "runtime/io/json.h"

#include <string.h>

static inline uint32_t four(const char *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* false, null and true: two bits of the first letter tell them apart. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LETTERS(a, b, c, d, e)                                                                                         \
    ((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | (uint64_t)(e) << 32)
#else
#define LETTERS(a, b, c, d, e)                                                                                         \
    ((uint64_t)(a) << 56 | (uint64_t)(b) << 48 | (uint64_t)(c) << 40 | (uint64_t)(d) << 32 | (uint64_t)(e) << 24)
#endif
static const struct {
    uint64_t letters[4], which[4], yes[4], known[4];
} words = {
    {LETTERS('f', 'a', 'l', 's', 'e'), LETTERS('n', 'u', 'l', 'l', 0), LETTERS('t', 'r', 'u', 'e', 0), 1},
    {LETTERS(255, 255, 255, 255, 255), LETTERS(255, 255, 255, 255, 0), LETTERS(255, 255, 255, 255, 0), 0},
    {0, 0, UINT64_MAX, 0},
    {UINT64_MAX, 0, UINT64_MAX, 0},
};

/* Whether one of them stands at p, and which. */
static inline bool word_at(const char *p, size_t *one) {
    uint64_t v;
    memcpy(&v, p, sizeof v);
    *one = (size_t)((unsigned char)*p >> 3 & 3);
    return (v & words.which[*one]) == words.letters[*one];
}

/* 2023-09-01 at p. */
static inline bool date_at(const char *p, int64_t *day) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* Days before each month; in a leap year one less, for that day is counted with the years. */
    static const uint16_t before[2][13] = {{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334},
                                           {0, UINT16_MAX, 30, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}};
    static const uint8_t days[2][13] = {{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
                                        {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}};
    uint64_t v;
    uint16_t w;
    memcpy(&v, p, sizeof v);
    memcpy(&w, p + 8, sizeof w);
    v ^= UINT64_C(0x2D30302D30303030); /* each digit its value, each dash 0 */
    w ^= 0x3030;
    uint64_t other = (v + UINT64_C(0x7F76767F76767676)) | v;
    unsigned others = (w + 0x7676u) | w;
    if ((other & UINT64_C(0x8080808080808080)) | (others & 0x8080)) return false;
    v = v * 10 + (v >> 8); /* two digits to a number, at the place of the first */
    unsigned century = v & 0xFF, rest = v >> 16 & 0xFF, year = century * 100 + rest, month = v >> 40 & 0xFF;
    unsigned date = (w & 15u) * 10 + (w >> 8), leap = (rest ? rest : century) % 4 == 0;
    if (year == 0 || month > 12 || date - 1 >= days[leap][month]) return false;
    *day = (int64_t)(year * 365 + year / 4 + century / 4 + date) - century + (int16_t)before[leap][month] - 719528;
    return true;
#else
    return kl_parse_date((kl_string){p, 10}, day) == KL_REJECT_NOT;
#endif
}

/* The code that the text at p stands for, as it was found before or is found now; past UINT16_MAX: none. */
static inline uint32_t code_at(const kl_json_stop *stop, const char *p, size_t size) {
    uint64_t first, last;
    memcpy(&first, p, sizeof first); /* of a short one with what follows, which is as good as always the same */
    memcpy(&last, size > 8 ? p + size - 8 : p, sizeof last);
    uint64_t hash = (first * UINT64_C(0xD6E8FEB86659FD93) ^ last) * UINT64_C(0x9E3779B97F4A7C15);
    kl_json_code *c = &stop->codes[hash >> (64 - KL_JSON_CODE_BITS)];
    if (size == c->size && alike(p, c->text, c->size)) return c->code;
    const kl_string text = kl_trimmed(p, size);
    const uint32_t code = kl_lookup_find(stop->lookup, text.data, text.size);
    if (size <= sizeof c->text && code <= UINT16_MAX) {
        memcpy(c->text, p, size);
        c->size = (uint32_t)size;
        c->code = code;
    }
    return code;
}

/* Digits, with a point among them or not, of at most 15 after scaling. Returns their bytes, 0: not such a number. */
static inline size_t number_at(const char *p, unsigned scale, int64_t *number) {
    const char *start = p;
    bool minus = *p == '-';
    uint64_t value = 0;
    unsigned decimals = 0;
    p += minus;
    const char *first = p;
    for (; (unsigned char)(*p - '0') < 10; p++) value = value * 10 + (uint64_t)(*p - '0');
    size_t digits = (size_t)(p - first);
    if (digits == 0 || (*first == '0' && digits > 1)) return 0;
    if (*p == '.') {
        const char *point = p++;
        for (; (unsigned char)(*p - '0') < 10; p++) value = value * 10 + (uint64_t)(*p - '0');
        decimals = (unsigned)(p - point - 1);
        if (decimals == 0 || decimals > scale) return 0;
    }
    if (digits + scale > 15 || *p == 'e' || *p == 'E') return 0;
    for (; decimals < scale; decimals++) value *= 10;
    *number = minus ? -(int64_t)value : (int64_t)value;
    return (size_t)(p - start);
}

/* Bytes of a whole number at p, for a text that is one; 0: something else, or longer than most are. */
static inline size_t digits_at(const char *p) {
    size_t n = 0;
    while ((unsigned char)(p[n] - '0') < 10) n++;
    return n < 20 && (*p != '0' || n == 1) && p[n] != '.' && (p[n] | 0x20) != 'e' ? n : 0;
}

/* The stop that p follows when what was expected after `stop`, and perhaps more, is absent; NULL: it is something else. */
static const kl_json_stop *after_absent(const char *p, const kl_json_stop *stop) {
    for (unsigned n = 0; n < KL_JSON_ABSENT && stop->passable; n++) {
        stop = stop->next;
        if (alike(p, stop->text, stop->size)) return stop;
    }
    return NULL;
}

const char *LOOP(kl_json *j, const char *p, const char *end, const kl_json_stop *stop) {
    const size_t index = j->index, at = index / 64;
    const uint64_t bit = UINT64_C(1) << index % 64;
    const kl_json_stop *const stops = stop;
    for (;;) {
        const kl_json_stop *last;
        if (alike(p, stop->text, stop->size)) {
            p += stop->size;
            stop = stop->next;
        } else if ((last = after_absent(p, stop)) != NULL) {
            p += last->size;
            stop = last->next;
        } else {
            uint32_t name = stop->name;
            p = kl_json_next(j, p, end, &name);
            if (!p) return NULL;
            stop = &stops[name];
        }
        bool high = false;
        size_t size, one;
        switch (stop->way) {
        case KL_JSON_BOOL: {
            uint64_t *known = &stop->known[at], *bits = &((uint64_t *)stop->data)[at];
            if (!word_at(p, &one) || (*known & bit)) break;
            *known |= bit & words.known[one];
            *bits |= bit & words.yes[one];
            p += 4 + (*p == 'f'); /* reckoned, not looked up: what comes next waits for it */
            continue;
        }
        case KL_JSON_SKIP:
            if (word_at(p, &one)) {
                p += 4 + (*p == 'f');
                continue;
            }
            if (*p != '"') break;
            size = plain(p + 1, &high);
            if (p[size + 1] != '"') break;
            p += size + 2;
            continue;
        case KL_JSON_CODE:
            if (*p == '"') {
                size = plain(p + 1, &high);
                if (p[size + 1] != '"' || (stop->known[at] & bit)) break;
                const uint32_t code = size ? code_at(stop, p + 1, size) : KL_INDEX_NONE;
                if (code > UINT16_MAX) break;
                ((uint16_t *)stop->data)[index] = (uint16_t)code;
                stop->known[at] |= bit;
                p += size + 2;
                continue;
            }
            if (four(p) != four("null")) break;
            p += 4;
            continue;
        case KL_JSON_DATE:
            if (*p == '"' && p[11] == '"') {
                if ((stop->known[at] & bit) || !date_at(p + 1, &((int64_t *)stop->data)[index])) break;
                stop->known[at] |= bit;
                p += 12;
                continue;
            }
            if (four(p) != four("null")) break;
            p += 4;
            continue;
        case KL_JSON_NUMBER:
            if (four(p) == four("null")) {
                p += 4;
                continue;
            }
            if (stop->known[at] & bit) break;
            size = number_at(p, stop->scale, &((int64_t *)stop->data)[index]);
            if (!size) break;
            stop->known[at] |= bit;
            p += size;
            continue;
        case KL_JSON_WORDS:
        case KL_JSON_KEY: {
            const bool key = stop->way == KL_JSON_KEY;
            kl_string text = {p, 0};
            if ((stop->known[at] & bit) || (key && j->keyed)) break;
            if (*p == '"') {
                text.size = plain(p + 1, &high);
                if (!text.size || p[text.size + 1] != '"' || (high && !key)) break;
                size = text.size + 2;
                text = kl_trimmed(p + 1, text.size);
                if (!text.size) break;
            } else {
                size = text.size = digits_at(p);
                if (!size) break;
            }
            ((kl_string *)stop->data)[index] = text;
            stop->known[at] |= bit;
            if (key) {
                j->r->keys[j->row] = text;
                j->keyed = true;
            }
            p += size;
            continue;
        }
        case KL_JSON_DONE: return p;
        case KL_JSON_ANY: break;
        default: __builtin_unreachable();
        }
        uint32_t name = stop->name;
        p = kl_json_value(j, p, &name);
        if (!p) return NULL;
        stop = &stops[name];
    }
}
