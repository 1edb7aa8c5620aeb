/* given.c - one value as Python or Arrow has it, put into a field: exactly, or the record is rejected with the reason.
 * May include: the C library; knows nothing of Python or Arrow.
 * Start at kl_given_put(). Numbers are never rounded: a float stands for the decimal number with the fewest digits that it is nearest to. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/bindings/python/binding.h"

enum { TEXT_MOST = 64, SCALE_MOST = 18 };

static int64_t power(unsigned n) {
    int64_t p = 1;
    while (n--) p *= 10;
    return p;
}

static kl_string kept(kl_pool *pool, const char *text, size_t size) {
    char *copy = kl_pool_take(pool, size ? size : 1);
    if (!copy) return (kl_string){"", 0};
    memcpy(copy, text, size);
    return (kl_string){copy, size};
}

/* number / 10^scale without noughts at the end. */
static size_t number_text(char *out, int64_t number, unsigned scale) {
    while (scale && number % 10 == 0) number /= 10, scale--;
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number, one = (uint64_t)power(scale);
    int n = scale ? snprintf(out, TEXT_MOST, "%s%" PRIu64 ".%0*" PRIu64, number < 0 ? "-" : "", size / one, (int)scale,
                             size % one)
                  : snprintf(out, TEXT_MOST, "%s%" PRIu64, number < 0 ? "-" : "", size);
    return n > 0 ? (size_t)n : 0;
}

/* The decimal number n / 10^scale that the float is nearest to; false when no such n is small enough. n / 10^scale is one division of two
 * numbers that a double holds exactly, so that it is the double nearest to that decimal number, as a literal of it would be. */
static bool exactly(double v, unsigned scale, bool single, int64_t *number) {
    double one = (double)power(scale), n = nearbyint(v * one);
    if (!(fabs(n) <= (double)KL_NUMBER_MAX)) return false;
    *number = (int64_t)n;
    return single ? (float)(n / one) == (float)v : n / one == v;
}

static size_t real_text(char *out, const kl_given *given) {
    int64_t n;
    for (unsigned scale = 0; scale <= 15; scale++)
        if (exactly(given->real, scale, given->kind == KL_GIVEN_FLOAT, &n)) return number_text(out, n, scale);
    int size = snprintf(out, TEXT_MOST, "%.17g", given->real);
    return size > 0 ? (size_t)size : 0;
}

kl_string kl_given_text(kl_pool *pool, const kl_given *given) {
    char text[TEXT_MOST] = "";
    kl_bytes day = {0};
    kl_string s;
    switch (given->kind) {
    case KL_GIVEN_BOOL: return given->number ? (kl_string){"true", 4} : (kl_string){"false", 5};
    case KL_GIVEN_NUMBER: return kept(pool, text, number_text(text, given->number, given->scale));
    case KL_GIVEN_DOUBLE:
    case KL_GIVEN_FLOAT: return kept(pool, text, real_text(text, given));
    case KL_GIVEN_DAY:
        if (given->number < KL_DATE_MIN || given->number > KL_DATE_MAX) return (kl_string){"", 0};
        kl_bytes_date(&day, given->number);
        s = day.failed ? (kl_string){"", 0} : kept(pool, day.data, day.size);
        kl_bytes_free(&day);
        return s;
    case KL_GIVEN_TEXT: return kl_trimmed(given->text.data, given->text.size);
    default: return (kl_string){"", 0};
    }
}

static void fault(const kl_spot *to, kl_reject_reason why, kl_string value) {
    kl_intake_fault(to->in, to->row, to->field, why, to->order, to->column, value);
}

void kl_given_put_number(const kl_spot *to, int64_t number, kl_reject_reason outside) {
    bool date = to->in->schema->fields[to->field].kind == KL_DATE;
    bool fits =
        date ? number >= KL_DATE_MIN && number <= KL_DATE_MAX : number >= -KL_NUMBER_MAX && number <= KL_NUMBER_MAX;
    if (!fits)
        fault(to, outside, (kl_string){"", 0});
    else
        kl_intake_put_number(to->in, to->row, to->field, number, to->order, to->column);
}

static void put_number(const kl_spot *to, const kl_given *given, unsigned scale) {
    int64_t n = given->number;
    unsigned has = given->scale;
    for (; has > scale && n % 10 == 0; has--) n /= 10;
    if (has > scale) {
        fault(to, KL_REJECT_DECIMALS, kl_given_text(to->in->pool, given));
        return;
    }
    for (; has < scale && n >= -KL_NUMBER_MAX && n <= KL_NUMBER_MAX; has++) n *= 10;
    if (n < -KL_NUMBER_MAX || n > KL_NUMBER_MAX)
        fault(to, KL_REJECT_RANGE, kl_given_text(to->in->pool, given));
    else
        kl_given_put_number(to, n, KL_REJECT_RANGE);
}

static void put_real(const kl_spot *to, const kl_given *given, unsigned scale) {
    int64_t n;
    if (isnan(given->real))
        fault(to, KL_REJECT_NUMBER, (kl_string){"NaN", 3});
    else if (fabs(given->real) * (double)power(scale) > (double)KL_NUMBER_MAX)
        fault(to, KL_REJECT_RANGE, kl_given_text(to->in->pool, given));
    else if (!exactly(given->real, scale, given->kind == KL_GIVEN_FLOAT, &n))
        fault(to, KL_REJECT_DECIMALS, kl_given_text(to->in->pool, given));
    else
        kl_given_put_number(to, n, KL_REJECT_RANGE);
}

static bool numeric(kl_kind kind) {
    return kind == KL_INTEGER || kind == KL_DECIMAL || kind == KL_MONEY || kind == KL_MINUTES || kind == KL_DAYS;
}

void kl_given_put(const kl_spot *to, const kl_given *given) {
    const kl_schema_field *f = &to->in->schema->fields[to->field];
    bool real = given->kind == KL_GIVEN_DOUBLE || given->kind == KL_GIVEN_FLOAT;
    switch (given->kind) {
    case KL_GIVEN_NONE: return;
    case KL_GIVEN_SHAPE: fault(to, KL_REJECT_SHAPE, (kl_string){"", 0}); return;
    case KL_GIVEN_BROKEN: fault(to, KL_REJECT_UTF8, (kl_string){"", 0}); return;
    case KL_GIVEN_WIDE: fault(to, numeric(f->kind) ? KL_REJECT_RANGE : KL_REJECT_SHAPE, (kl_string){"", 0}); return;
    case KL_GIVEN_MOMENT: fault(to, f->kind == KL_DATE ? KL_REJECT_DATE : KL_REJECT_SHAPE, (kl_string){"", 0}); return;
    default: break;
    }
    if (given->kind == KL_GIVEN_DAY && f->kind == KL_DATE) {
        kl_given_put_number(to, given->number, KL_REJECT_DATE);
    } else if (given->kind == KL_GIVEN_NUMBER && numeric(f->kind)) {
        put_number(to, given, f->scale);
    } else if (real && numeric(f->kind)) {
        put_real(to, given, f->scale);
    } else {
        kl_string text = kl_given_text(to->in->pool, given);
        if (text.size) kl_intake_put(to->in, to->row, to->field, text, to->order, to->column);
    }
}

bool kl_given_code(const kl_spot *to, const kl_given *given, uint64_t *mask) {
    kl_string text = kl_given_text(to->in->pool, given);
    uint32_t code = kl_intake_code(to->in, to->in->schema->fields[to->field].set, text);
    if (code < 64) {
        *mask |= UINT64_C(1) << code;
        return true;
    }
    bool shape = given->kind == KL_GIVEN_NONE || given->kind == KL_GIVEN_SHAPE;
    fault(to, shape ? KL_REJECT_SHAPE : given->kind == KL_GIVEN_BROKEN ? KL_REJECT_UTF8 : KL_REJECT_CODE, text);
    return false;
}
