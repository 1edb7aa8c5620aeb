/* base.c - tests of lang/base: arena, strings, buffers, vectors, UTF-8, the distance between words.
 * May include: lang/base/base.h and cmocka.
 * Start at main(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lang/base/base.h"

static void arena_gives_zeroed_aligned_memory(void **state) {
    (void)state;
    kl_arena *a = kl_arena_new(0);
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *p = kl_alloc(a, size);
        assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) assert_int_equal(p[i], 0);
        memset(p, 0xFF, size);
    }
    char *large = kl_alloc(a, 3u << 20);
    assert_int_equal(large[(3u << 20) - 1], 0);
    kl_arena_free(a);
    kl_arena_free(NULL);
}

static bool escapes(kl_arena *a, size_t count, size_t size) {
    jmp_buf escape;
    kl_arena_guard(a, &escape);
    if (setjmp(escape)) return true;
    (void)kl_alloc_array(a, count, size);
    return false;
}

static void arena_escapes_when_memory_is_out(void **state) {
    (void)state;
    kl_arena *a = kl_arena_new(1024);
    assert_false(escapes(a, 1, 1000));
    assert_true(escapes(a, 1, 100));
    assert_true(escapes(a, SIZE_MAX / 2, 4)); /* the product does not fit */
    assert_true(escapes(a, 1, SIZE_MAX));
    kl_arena_free(a);
    a = kl_arena_new(0);
    kl_arena_fail_after(a, 3);
    assert_false(escapes(a, 1, 1));
    assert_false(escapes(a, 1, 1));
    assert_true(escapes(a, 1, 1));
    assert_false(escapes(a, 1, 1));
    kl_arena_free(a);
}

static void strings_compare_and_format(void **state) {
    (void)state;
    kl_arena *a = kl_arena_new(0);
    assert_true(kl_str_eq(KL_STR(""), (kl_str){NULL, 0}));
    assert_false(kl_str_eq(KL_STR("a"), KL_STR("ab")));
    assert_true(kl_str_cmp(KL_STR("a"), KL_STR("ab")) < 0);
    assert_true(kl_str_cmp(KL_STR("b"), KL_STR("ab")) > 0);
    assert_int_equal(kl_str_cmp(KL_STR("ab"), KL_STR("ab")), 0);
    kl_str s = kl_str_fmt(a, "%d %.*s", 7, KL_FMT(KL_STR("åäö")));
    assert_true(kl_str_eq(s, KL_STR("7 åäö")));
    assert_int_equal(kl_str_dup(a, s).p[s.n], 0);
    assert_int_equal(kl_str_of(NULL).n, 0);
    kl_arena_free(a);
}

static void buffers_and_vectors_grow(void **state) {
    (void)state;
    kl_arena *a = kl_arena_new(0);
    kl_buf b;
    kl_buf_init(&b, a);
    for (int i = 0; i < 1000; i++) kl_buf_fmt(&b, "%d,", i);
    kl_str s = kl_buf_view(&b);
    assert_int_equal(s.n, 10 * 2 + 90 * 3 + 900 * 4);
    assert_memory_equal(s.p + s.n - 8, "998,999,", 8);
    KL_VEC(int) v = {0};
    for (int i = 0; i < 1000; i++) KL_PUSH(a, &v, i);
    assert_int_equal(v.n, 1000);
    assert_int_equal(v.p[999], 999);
    kl_arena_free(a);
}

static void utf8_is_checked_exactly(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t good;
    } cases[] = {
        {"abc", 3},
        {"åäö", 6},
        {"\xE2\x82\xAC", 3},
        {"\xF0\x9F\x98\x80", 4},
        {"\xF4\x8F\xBF\xBF", 4},
        {"a\x80", 1}, /* a lone continuation */
        {"a\xC3", 1}, /* cut short */
        {"a\xC3(", 1},
        {"\xC0\xAF", 0}, /* overlong */
        {"\xC1\xBF", 0},
        {"\xE0\x9F\xBF", 0},
        {"\xF0\x8F\xBF\xBF", 0},
        {"ab\xED\xA0\x80", 2},   /* a surrogate */
        {"\xF4\x90\x80\x80", 0}, /* past U+10FFFF */
        {"\xF5\x80\x80\x80", 0},
        {"\xE2\x82", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(kl_utf8_check(kl_str_of(cases[i].bytes)), cases[i].good);
}

static void utf8_steps_width_and_letters(void **state) {
    (void)state;
    kl_str s = KL_STR("aö€\xF0\x9F\x98\x80");
    size_t at = 0;
    assert_int_equal(kl_utf8_next(s, &at), 'a');
    assert_int_equal(kl_utf8_next(s, &at), 0xF6);
    assert_int_equal(kl_utf8_next(s, &at), 0x20AC);
    assert_int_equal(kl_utf8_next(s, &at), 0x1F600);
    assert_int_equal(at, s.n);
    assert_int_equal(kl_utf8_width(KL_STR("åäö")), 3);
    assert_int_equal(kl_utf8_width(KL_STR("a\xCC\x8A")), 1); /* a and a ring */
    assert_int_equal(kl_utf8_width(KL_STR("日本")), 4);
    assert_int_equal(kl_utf8_width(KL_STR("")), 0);
    assert_true(kl_utf8_letter('x'));
    assert_true(kl_utf8_letter(0xE5));
    assert_true(kl_utf8_letter(0x65E5));
    assert_false(kl_utf8_letter(0xD7)); /* the sign of multiplication */
    assert_false(kl_utf8_letter('1'));
    assert_false(kl_utf8_letter(0x2019));
}

static void utf8_composes(void **state) {
    (void)state;
    kl_arena *a = kl_arena_new(0);
    kl_str composed = KL_STR("måndag");
    assert_ptr_equal(kl_utf8_compose(a, composed).p, composed.p);
    assert_true(kl_str_eq(kl_utf8_compose(a, KL_STR("ma\xCC\x8Andag")), composed));
    assert_true(kl_str_eq(kl_utf8_compose(a, KL_STR("o\xCC\x88")), KL_STR("ö")));
    kl_str other = KL_STR("日本");
    assert_ptr_equal(kl_utf8_compose(a, other).p, other.p);
    kl_arena_free(a);
}

static void words_have_distances(void **state) {
    (void)state;
    assert_int_equal(kl_str_distance(KL_STR("klausul"), KL_STR("klausul"), 3), 0);
    assert_int_equal(kl_str_distance(KL_STR("klasul"), KL_STR("klausul"), 3), 1);
    assert_int_equal(kl_str_distance(KL_STR("kluasul"), KL_STR("klausul"), 3), 1); /* two letters swapped */
    assert_int_equal(kl_str_distance(KL_STR("källa"), KL_STR("kalla"), 3), 1);     /* letters, not bytes */
    assert_int_equal(kl_str_distance(KL_STR(""), KL_STR("abc"), 3), 3);
    assert_int_equal(kl_str_distance(KL_STR("abcdef"), KL_STR("ghijkl"), 2), 3); /* past the most: one more */
    char far[400];
    memset(far, 'a', sizeof far);
    assert_int_equal(kl_str_distance((kl_str){far, sizeof far}, KL_STR("a"), 5), 6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(arena_escapes_when_memory_is_out),
        cmocka_unit_test(strings_compare_and_format),
        cmocka_unit_test(buffers_and_vectors_grow),
        cmocka_unit_test(utf8_is_checked_exactly),
        cmocka_unit_test(utf8_steps_width_and_letters),
        cmocka_unit_test(utf8_composes),
        cmocka_unit_test(words_have_distances),
    };
    return cmocka_run_group_tests_name("lang/base", tests, NULL, NULL);
}
