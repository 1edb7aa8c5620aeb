/* json_scan.h - the loop over one NDJSON line. Each variant includes it after LOOP (its name) and two pieces of its own:
 * same(p, step): whether the step's text stands at p; plain(p, &high): how many bytes from p stand before a quote, a backslash or a control
 * byte, and whether some are not ASCII. Start at LOOP(). What it finds odd it leaves to kl_json_value() and kl_json_next(). */
#include "runtime/io/json.h"

#include <string.h>

static inline uint32_t four(const char *p) {
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Bytes of true, false or null at p, 0: none of them. */
static inline size_t literal_at(const char *p, bool *yes, bool *no) {
    uint32_t v = four(p);
    *yes = v == four("true");
    *no = (v == four("fals")) & (p[4] == 'e');
    return (size_t)((*yes | *no | (v == four("null"))) * 4 + *no);
}

/* 2023-09-01 at p. */
static inline bool date_at(const char *p, int64_t *day) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    static const uint16_t before[2][13] = {{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334},
                                           {0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335}};
    static const uint8_t days[2][13] = {{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
                                        {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}};
    uint64_t v;
    memcpy(&v, p, sizeof v);
    v ^= UINT64_C(0x2D30302D30303030); /* each digit its value, each dash 0 */
    uint64_t other = (v + UINT64_C(0x7F76767F76767676)) | v;
    unsigned d1 = (unsigned)(unsigned char)p[8] - '0', d2 = (unsigned)(unsigned char)p[9] - '0';
    unsigned year = (unsigned)(v & 15) * 1000 + (unsigned)(v >> 8 & 15) * 100 + (unsigned)(v >> 16 & 15) * 10 +
                    (unsigned)(v >> 24 & 15);
    unsigned month = (unsigned)(v >> 40 & 15) * 10 + (unsigned)(v >> 48 & 15), date = d1 * 10 + d2;
    if ((other & UINT64_C(0x8080808080808080)) || d1 > 9 || d2 > 9 || year == 0 || month - 1 > 11) return false;
    unsigned century = year / 100, last = year - 1, gone = last / 100;
    unsigned leap = year % 4 == 0 && (year != century * 100 || century % 4 == 0);
    if (date - 1 >= days[leap][month]) return false;
    *day = (int64_t)(last * 365 + last / 4 - gone + gone / 4 + before[leap][month] + date) - 719163;
    return true;
#else
    return kl_parse_date((kl_string){p, 10}, day) == KL_REJECT_NOT;
#endif
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

const char *LOOP(kl_json *j, const char *p, const char *end) {
    const kl_json_step *steps = j->steps;
    const kl_json_plan *plans = j->plans + j->edition * KL_JSON_NAMES;
    const uint32_t index = j->index, word = index / 64;
    const unsigned shift = index % 64;
    const uint64_t bit = UINT64_C(1) << shift;
    uint32_t name = 0;
    for (;;) {
        const kl_json_step *s = &steps[name];
        if (same(p, s)) {
            p += s->size;
            name = s->name;
        } else {
            p = kl_json_next(j, p, end, &name);
            if (!p) return NULL;
        }
        if (name == KL_JSON_END) return p;
        const kl_json_plan *plan = &plans[name];
        bool yes, no, high = false;
        size_t size;
        switch (plan->way) {
        case KL_JSON_BOOL: {
            uint64_t *known = &plan->known[word], *bits = &((uint64_t *)plan->data)[word];
            size = literal_at(p, &yes, &no);
            if (!size || (*known & bit)) break;
            *known |= (uint64_t)(yes | no) << shift;
            *bits |= (uint64_t)yes << shift;
            p += size;
            continue;
        }
        case KL_JSON_SKIP:
            size = literal_at(p, &yes, &no);
            if (!size && *p == '"') {
                size = plain(p + 1, &high) + 2;
                if (p[size - 1] != '"') break;
            }
            if (!size) break;
            p += size;
            continue;
        case KL_JSON_CODE:
            if (*p == '"') {
                size = plain(p + 1, &high);
                if (p[size + 1] != '"') break;
                kl_string text = kl_trimmed(p + 1, size);
                if (text.size) {
                    uint32_t code = kl_lookup_find(plan->codes, text.data, text.size);
                    if (code > UINT16_MAX || (plan->known[word] & bit)) break;
                    ((uint16_t *)plan->data)[index] = (uint16_t)code;
                    plan->known[word] |= bit;
                }
                p += size + 2;
                continue;
            }
            if (four(p) != four("null")) break;
            p += 4;
            continue;
        case KL_JSON_DATE:
            if (*p == '"' && p[11] == '"') {
                if ((plan->known[word] & bit) || !date_at(p + 1, &((int64_t *)plan->data)[index])) break;
                plan->known[word] |= bit;
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
            if (plan->known[word] & bit) break;
            size = number_at(p, plan->scale, &((int64_t *)plan->data)[index]);
            if (!size) break;
            plan->known[word] |= bit;
            p += size;
            continue;
        case KL_JSON_WORDS:
        case KL_JSON_KEY: {
            const bool key = plan->way == KL_JSON_KEY;
            kl_string text = {p, 0};
            if ((plan->known[word] & bit) || (key && j->keyed)) break;
            if (*p == '"') {
                text.size = plain(p + 1, &high);
                if (!text.size || p[text.size + 1] != '"' || (high && !key)) break;
                size = text.size + 2;
                text = kl_trimmed(p + 1, text.size);
                if (!text.size) break;
            } else {
                int64_t number;
                size = text.size = number_at(p, 0, &number);
                if (!size) break;
            }
            ((kl_string *)plan->data)[index] = text;
            plan->known[word] |= bit;
            if (key) {
                j->r->keys[j->row] = text;
                j->keyed = true;
            }
            p += size;
            continue;
        }
        case KL_JSON_ANY: break;
        }
        p = kl_json_value(j, p, &name);
        if (!p) return NULL;
    }
}
