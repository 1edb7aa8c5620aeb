/* bytes.c - growing bytes, and how numbers, dates and JSON strings are written into them.
 * May include: the C library, and emmintrin.h where the compiler targets SSE2.
 * Start at kl_bytes_room(). */
#include "runtime/io/io.h"

#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool kl_bytes_room(kl_bytes *b, size_t more) {
    if (b->room - b->size >= more) return true;
    if (b->failed || more > SIZE_MAX / 4 - b->size) {
        b->failed = true;
        return false;
    }
    size_t room = b->room ? b->room * 2 : 256;
    while (room - b->size < more) room *= 2;
    char *data = realloc(b->data, room);
    if (!data) {
        b->failed = true;
        return false;
    }
    b->data = data;
    b->room = room;
    return true;
}

void kl_bytes_add(kl_bytes *b, const void *data, size_t size) {
    if (!size || !kl_bytes_room(b, size)) return;
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

void kl_bytes_char(kl_bytes *b, char c) {
    if (kl_bytes_room(b, 1)) b->data[b->size++] = c;
}

void kl_bytes_text(kl_bytes *b, const char *text) {
    kl_bytes_add(b, text, strlen(text));
}
void kl_bytes_string(kl_bytes *b, kl_string s) {
    kl_bytes_add(b, s.data, s.size);
}

void kl_bytes_free(kl_bytes *b) {
    free(b->data);
    *b = (kl_bytes){0};
}

void kl_bytes_number(kl_bytes *b, int64_t value, unsigned scale, char decimal) {
    char digits[48];
    size_t n = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    unsigned written = 0;
    do {
        if (written == scale && scale) digits[--n] = decimal;
        digits[--n] = (char)('0' + rest % 10);
        rest /= 10;
        written++;
    } while (rest || written <= scale);
    if (value < 0) digits[--n] = '-';
    kl_bytes_add(b, digits + n, sizeof digits - n);
}

void kl_bytes_date(kl_bytes *b, int64_t day) {
    /* Days to year, month, day: eras of 400 years that begin on 1 March. */
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t in_era = z - era * 146097;
    int64_t year_of = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year_of + year_of / 4 - year_of / 100);
    int64_t mp = (5 * in_year + 2) / 153, d = in_year - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    int64_t y = year_of + era * 400 + (m <= 2);
    char text[10] = {(char)('0' + y / 1000 % 10),
                     (char)('0' + y / 100 % 10),
                     (char)('0' + y / 10 % 10),
                     (char)('0' + y % 10),
                     '-',
                     (char)('0' + m / 10),
                     (char)('0' + m % 10),
                     '-',
                     (char)('0' + d / 10),
                     (char)('0' + d % 10)};
    kl_bytes_add(b, text, sizeof text);
}

/* Length of the well-formed UTF-8 sequence at p, 0 when there is none. */
static size_t sequence(const unsigned char *p, const unsigned char *end) {
    size_t left = (size_t)(end - p);
    if (p[0] < 0x80) return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4) return 0;
    size_t n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (left < n) return 0;
    unsigned char low = 0x80, high = 0xBF;
    if (p[0] == 0xE0) low = 0xA0;
    if (p[0] == 0xED) high = 0x9F;
    if (p[0] == 0xF0) low = 0x90;
    if (p[0] == 0xF4) high = 0x8F;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return n;
}

/* Whether 64 bytes are all ASCII. */
static inline bool plain_block(const unsigned char *p) {
#ifdef __SSE2__
    const __m128i *v = (const __m128i *)(const void *)p;
    __m128i low = _mm_or_si128(_mm_loadu_si128(v), _mm_loadu_si128(v + 1));
    __m128i high = _mm_or_si128(_mm_loadu_si128(v + 2), _mm_loadu_si128(v + 3));
    return _mm_movemask_epi8(_mm_or_si128(low, high)) == 0;
#else
    uint64_t w[8];
    memcpy(w, p, 64);
    return ((w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7]) & UINT64_C(0x8080808080808080)) == 0;
#endif
}

bool kl_utf8_ok(const char *data, size_t size) {
    const unsigned char *p = (const unsigned char *)data, *end = p + size;
    while (p < end) {
        while (end - p >= 64 && plain_block(p)) p += 64;
        while (p < end && *p < 0x80) p++;
        if (p == end) break;
        size_t n = sequence(p, end);
        if (!n) return false;
        p += n;
    }
    return true;
}

static const char hex[] = "0123456789abcdef";

void kl_bytes_hash(kl_bytes *b, const uint8_t hash[32]) {
    kl_bytes_char(b, '"');
    for (size_t i = 0; i < 32; i++) {
        kl_bytes_char(b, hex[hash[i] >> 4]);
        kl_bytes_char(b, hex[hash[i] & 15]);
    }
    kl_bytes_char(b, '"');
}

void kl_bytes_json(kl_bytes *b, kl_string s) {
    const unsigned char *p = (const unsigned char *)s.data, *end = p + s.size, *plain = p;
    kl_bytes_char(b, '"');
    while (p < end) {
        size_t n = sequence(p, end);
        if (n && *p >= 0x20 && *p != '"' && *p != '\\') {
            p += n;
            continue;
        }
        kl_bytes_add(b, plain, (size_t)(p - plain));
        if (!n)
            kl_bytes_text(b, "\xEF\xBF\xBD");
        else if (*p == '"' || *p == '\\')
            kl_bytes_char(b, '\\'), kl_bytes_char(b, (char)*p);
        else if (*p == '\n')
            kl_bytes_text(b, "\\n");
        else if (*p == '\r')
            kl_bytes_text(b, "\\r");
        else if (*p == '\t')
            kl_bytes_text(b, "\\t");
        else {
            char escape[6] = {'\\', 'u', '0', '0', hex[*p >> 4], hex[*p & 15]};
            kl_bytes_add(b, escape, 6);
        }
        plain = ++p;
    }
    kl_bytes_add(b, plain, (size_t)(p - plain));
    kl_bytes_char(b, '"');
}
