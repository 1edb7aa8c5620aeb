/* main.c - the program klausul: one arena, one verb, one exit status.
 * May include: the C library and the command's own header.
 * Start at main(); the verbs stand one to a file (check.c, run.c, …), their list in verbs.c. */
#include "compiler/cli/cli.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static kl_surface locale_language(void) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *v = getenv(names[i]);
        if (v && *v) return strncmp(v, "sv", 2) == 0 ? KL_SV : KL_EN;
    }
    return KL_EN;
}

int main(int argc, char **argv) {
    static jmp_buf out_of_memory;
    static kl_cli cli;
    signal(SIGPIPE, SIG_IGN); /* what cannot be written is told or left, not died of */
    signal(SIGXFSZ, SIG_IGN);
    cli.lang = locale_language();
    cli.arena = kl_arena_new(0);
    if (!cli.arena || setjmp(out_of_memory)) {
        fputs(cli.lang == KL_SV ? "klausul: fel: minnet räcker inte\n" : "klausul: error: out of memory\n", stderr);
        return KL_EXIT_TROUBLE;
    }
    kl_arena_guard(cli.arena, &out_of_memory);
    int status = KL_EXIT_TROUBLE;
    if (kl_cli_parse(&cli, argc, argv, &status)) status = cli.verb->run(&cli);
    if (!kl_flush(&cli)) status = KL_EXIT_TROUBLE;
    if (cli.unread) status = KL_EXIT_UNREAD;
    kl_arena_free(cli.arena);
    return status;
}
