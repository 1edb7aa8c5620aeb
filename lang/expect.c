/* expect.c - a syntax error in the author's words: what stood there and what could have stood there.
 * May include: lang/reader.h and the grammar's token numbers.
 * Start at kl_unexpected(). */
#include "lang/parse.h"
#include "lang/reader.h"

void kl_unexpected(kl_reader *r, int token, kl_span span, const int *expected, size_t count)
{
    (void)token;
    kl_str what = KL_STR("?");
    if (count) {
        kl_buf b;
        kl_buf_init(&b, r->arena);
        for (size_t i = 0; i < count; i++)
            kl_buf_fmt(&b, "%d ", expected[i]);
        kl_report(r->diags, r->file, span, KL_D_UNEXPECTED, 2, kl_token_text(r->file, span), kl_buf_view(&b));
        return;
    }
    kl_report(r->diags, r->file, span, KL_D_UNEXPECTED_HERE, 1, what);
}
