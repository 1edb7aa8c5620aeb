/* stats.c - --stats: how many records a second a run decided, and where the time went, for people.
 * May include: the runtime's own names of vector instructions.
 * Start at kl_stats(). */
#include "compiler/cli/run.h"

#include <stdlib.h>

/* A name, and space up to where the numbers stand. */
static void named(FILE *out, const char *name) {
    fprintf(out, "%s%*s", name, (int)(11 - kl_utf8_width(kl_str_of(name))), "");
}

static void rate(const kl_run *run, FILE *out, const char *name, uint64_t amount, const char *unit) {
    double pace = run->wall > 0 ? (double)amount / run->wall : 0;
    named(out, name);
    fprintf(out, "%15llu %15.0f %s\n", (unsigned long long)amount, pace, unit);
}

static void share(FILE *out, const char *name, double seconds, double all) {
    named(out, name);
    fprintf(out, "%15.3f s %13.1f %%\n", seconds, all > 0 ? seconds * 100 / all : 0);
}

void kl_stats(const kl_run *run, FILE *out) {
    const kl_cli *c = run->cli;
    const kl_times *t = &run->times;
    double all = t->reading + t->deciding + t->writing + t->waiting;
    rate(run, out, kl_cli_word(c, "poster", "records"), run->records, kl_cli_word(c, "per sekund", "a second"));
    rate(run, out, kl_cli_word(c, "byte in", "bytes in"), run->input.bytes, kl_cli_word(c, "per sekund", "a second"));
    rate(run, out, kl_cli_word(c, "byte ut", "bytes out"), run->out.bytes, kl_cli_word(c, "per sekund", "a second"));
    named(out, kl_cli_word(c, "tid", "time"));
    fprintf(out, "%15.3f s\n", run->wall);
    share(out, kl_cli_word(c, "läsning", "reading"), t->reading, all);
    share(out, kl_cli_word(c, "beslut", "deciding"), t->deciding, all);
    share(out, kl_cli_word(c, "skrivning", "writing"), t->writing, all);
    share(out, kl_cli_word(c, "väntan", "waiting"), t->waiting, all);
    named(out, kl_cli_word(c, "trådar", "threads"));
    fprintf(out, "%15zu\n", run->threads);
    named(out, "simd");
    fprintf(out, "%15s\n", kl_simd_name(run->simd));
}

bool kl_stats_simd(kl_cli *c, kl_simd *simd) {
    const char *wanted = getenv("KLAUSUL_SIMD");
    *simd = kl_simd_best();
    if (!wanted || !*wanted) return true;
    kl_buf names;
    kl_buf_init(&names, c->arena);
    for (int v = 0; v < KL_SIMD_COUNT; v++) {
        if (!kl_simd_has((kl_simd)v)) continue;
        const char *name = kl_simd_name((kl_simd)v);
        if (kl_str_eq(kl_str_of(wanted), kl_str_of(name))) return *simd = (kl_simd)v, true;
        kl_buf_fmt(&names, "%s%s", names.n ? ", " : "", name);
    }
    kl_say(c, KL_D_USAGE_CHOICE, 3, KL_STR("KLAUSUL_SIMD"), kl_str_of(wanted), kl_buf_view(&names));
    return false;
}
