/* verbs.c - the verbs of the command as a table: operands, flags, help text and example in both languages.
 * May include: the command's own header.
 * Start at kl_verbs; adding a verb means a row here, a file for its work and a line in cli.h. */
#include "compiler/cli/cli.h"

#define END                                                                                                            \
    { KL_FLAG_COUNT, NULL }

const kl_verb kl_verbs[] = {
    {"check",
     kl_verb_check,
     {"[flaggor] FIL|MAPP…", "[flags] FILE|FOLDER…"},
     1,
     SIZE_MAX,
     {"läser och granskar regelfiler", "reads and checks rule files"},
     {"Läser varje fil och de filer den använder, och säger allt som är fel på en gång, i\n"
      "filens ordning. En mapp betyder alla .klausul-filer i den och under den.",
      "Reads each file and the files it uses, and says all that is wrong at once, in the\n"
      "order of the file. A folder means every .klausul file in it and below it."},
     {"  klausul check rules/", "  klausul check rules/"},
     {{KL_FLAG_FORMAT, "text|json|github"}, {KL_FLAG_INCLUDE, NULL}, END}},
    {"fmt",
     kl_verb_fmt,
     {"[flaggor] FIL|MAPP|-…", "[flags] FILE|FOLDER|-…"},
     1,
     SIZE_MAX,
     {"skriver regelfiler i den gemensamma formen", "writes rule files in the canonical layout"},
     {"Rätar ut indrag, tabeller och mellanrum men bryter och fogar aldrig rader. Filen skrivs om\n"
      "på plats; - läser standard in och skriver standard ut.",
      "Aligns indents, tables and spaces but never breaks or joins lines. The file is rewritten in\n"
      "place; - reads standard input and writes standard output."},
     {"  klausul fmt --check rules/", "  klausul fmt --check rules/"},
     {{KL_FLAG_CHECK, NULL}, {KL_FLAG_KEYWORDS, "sv|en"}, END}},
};
const size_t kl_verb_count = sizeof kl_verbs / sizeof *kl_verbs;
