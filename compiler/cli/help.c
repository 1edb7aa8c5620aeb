/* help.c - the help pages, printed from the tables of verbs and flags.
 * May include: the command's own header.
 * Start at kl_cli_help(). */
#include "compiler/cli/cli.h"

#include <string.h>

static const struct {
    char letter;
    const char *name, *argument[2], *text[2];
} flags[KL_FLAG_COUNT] = {
#define KL_FLAG(id, letter, name, argument_sv, argument_en, sv, en)                                                    \
    [KL_FLAG_##id] = {letter, name, {argument_sv, argument_en}, {sv, en}},
#include "compiler/cli/flags.def"
#undef KL_FLAG
};

static void print_flag(const kl_cli *c, FILE *out, kl_flag_use use) {
    char head[96];
    const char *arg = use.choices ? use.choices : flags[use.id].argument[c->lang];
    char letter[5] = "    ";
    if (flags[use.id].letter) letter[0] = '-', letter[1] = flags[use.id].letter, letter[2] = ',';
    snprintf(head, sizeof head, "%s--%s%s%s", letter, flags[use.id].name, arg ? " " : "", arg ? arg : "");
    size_t width = kl_utf8_width(kl_str_of(head));
    if (width > 30)
        fprintf(out, "  %s\n  %-30s  %s\n", head, "", flags[use.id].text[c->lang]);
    else
        fprintf(out, "  %s%*s  %s\n", head, (int)(30 - width), "", flags[use.id].text[c->lang]);
}

static void print_flags(const kl_cli *c, FILE *out, const kl_verb *verb) {
    fprintf(out, "\n%s\n", kl_cli_word(c, "Flaggor:", "Flags:"));
    for (const kl_flag_use *u = verb ? verb->flags : NULL; u && u->id != KL_FLAG_COUNT; u++) print_flag(c, out, *u);
    print_flag(c, out, (kl_flag_use){KL_FLAG_LANG, NULL});
    print_flag(c, out, (kl_flag_use){KL_FLAG_COLOR, NULL});
    print_flag(c, out, (kl_flag_use){KL_FLAG_HELP, NULL});
    if (!verb) print_flag(c, out, (kl_flag_use){KL_FLAG_VERSION, NULL});
}

static void print_command(const kl_cli *c, FILE *out) {
    fputs(kl_cli_word(c, "klausul - riktlinjer in, beslut ut\n\nAnvändning: klausul VERB [flaggor] …\n\nVerb:\n",
                      "klausul - guidelines in, decisions out\n\nUsage: klausul VERB [flags] …\n\nVerbs:\n"),
          out);
    for (size_t i = 0; i < kl_verb_count; i++)
        fprintf(out, "  %-10s %s\n", kl_verbs[i].name, kl_verbs[i].does[c->lang]);
    print_flags(c, out, NULL);
    fputs(kl_cli_word(c,
                      "\nExempel:\n  klausul run rules/vgr/distanskontakter kontakter.csv --summary\n"
                      "\nklausul VERB --help visar verbets flaggor och ett exempel.\n",
                      "\nExample:\n  klausul run rules/vgr/distanskontakter kontakter.csv --summary\n"
                      "\nklausul VERB --help shows the verb's flags and an example.\n"),
          out);
}

void kl_cli_help(const kl_cli *c, FILE *out, const kl_verb *verb) {
    if (!verb) {
        print_command(c, out);
        return;
    }
    fprintf(out, "klausul %s - %s\n\n%s klausul %s %s\n\n%s\n", verb->name, verb->does[c->lang],
            kl_cli_word(c, "Användning:", "Usage:"), verb->name, verb->operands[c->lang], verb->more[c->lang]);
    print_flags(c, out, verb);
    fprintf(out, "\n%s\n%s\n\n%s\n", kl_cli_word(c, "Exempel:", "Example:"), verb->example[c->lang],
            kl_cli_word(c, "Slutkod: 0 inget att säga, 1 något hittades, 2 arbetet kunde inte göras.",
                        "Exit status: 0 nothing to report, 1 something was found, 2 the work could not be done."));
}
