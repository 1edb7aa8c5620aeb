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
      "filens ordning. Bevisar sedan, över alla poster och dagar, vad som strider mot vartannat,\n"
      "var inget gäller och vad som aldrig spelar någon roll, med en post som visar det. En mapp\n"
      "betyder alla .klausul-filer i den och under den.",
      "Reads each file and the files it uses, and says all that is wrong at once, in the\n"
      "order of the file. Then proves, over all records and days, what contradicts what, where\n"
      "nothing applies and what never matters, with a record that shows it. A folder means every\n"
      ".klausul file in it and below it."},
     {"  klausul check rules/", "  klausul check rules/"},
     {{KL_FLAG_FORMAT, "text|json|github"}, {KL_FLAG_EFFORT, NULL}, {KL_FLAG_INCLUDE, NULL}, END}},
    {"run",
     kl_verb_run,
     {"[flaggor] RIKTLINJE POSTER", "[flags] GUIDELINE RECORDS"},
     2,
     2,
     {"avgör varje post", "decides every record"},
     {"RIKTLINJE är en regelfil, en mapp med utgåvor (varje posts datum väljer utgåva) eller en\n"
      "byggd avbild. POSTER är CSV eller NDJSON, eller - för standard in. Utan --format skrivs en\n"
      "tabell på en terminal, annars samma form som posterna kom i.\n"
      "Slutkod 1 när någon post avvisades, var motstridig eller gav ett fel.",
      "GUIDELINE is a rule file, a folder of editions (each record's date picks its edition) or a\n"
      "built image. RECORDS is CSV or NDJSON, or - for standard input. Without --format a table is\n"
      "written on a terminal, else the form that the records came in.\n"
      "Exit status 1 when a record was rejected, in conflict or gave an error."},
     {"  klausul run rules/vgr/distanskontakter kontakter.csv -o beslut.csv --rejects avvisade.csv --summary",
      "  klausul run rules/vgr/distanskontakter contacts.csv -o decisions.csv --rejects rejected.csv --summary"},
     {{KL_FLAG_OUTPUT, NULL},
      {KL_FLAG_FORMAT, "csv|ndjson|table"},
      {KL_FLAG_CSV, "sv"},
      {KL_FLAG_INPUT_FORMAT, "csv|ndjson"},
      {KL_FLAG_ENCODING, "utf-8|latin1"},
      {KL_FLAG_REJECTS, NULL},
      {KL_FLAG_RECEIPT, NULL},
      {KL_FLAG_SUMMARY, NULL},
      {KL_FLAG_BY, NULL},
      {KL_FLAG_SELECT, NULL},
      {KL_FLAG_TRACE, NULL},
      {KL_FLAG_KEEP, NULL},
      {KL_FLAG_ASSUME, NULL},
      {KL_FLAG_FAIL_ON, NULL},
      {KL_FLAG_THREADS, NULL},
      {KL_FLAG_STATS, NULL},
      {KL_FLAG_INCLUDE, NULL},
      END}},
    {"explain",
     kl_verb_explain,
     {"[flaggor] RIKTLINJE POSTER --record NYCKEL", "[flags] GUIDELINE RECORDS --record KEY"},
     2,
     2,
     {"förklarar beslutet om en post", "explains the decision on one record"},
     {"Visar utfallen med den regel eller rad som gav dem, och varje klausul, krav och rad med ja,\n"
      "nej eller okänt, uppgifterna den läste och källan. Har flera poster samma nyckel förklaras\n"
      "den första.",
      "Shows the outcomes with the rule or row that gave them, and every clause, requirement and row\n"
      "with yes, no or unknown, the facts it read and its source. When several records have the key,\n"
      "the first is explained."},
     {"  klausul explain rules/vgr/distanskontakter kontakter.csv --record 10482",
      "  klausul explain rules/vgr/distanskontakter contacts.csv --record 10482"},
     {{KL_FLAG_RECORD, NULL},
      {KL_FLAG_WHY_NOT, NULL},
      {KL_FLAG_FIXED, NULL},
      {KL_FLAG_FORMAT, "text|json"},
      {KL_FLAG_PLAIN, NULL},
      {KL_FLAG_INPUT_FORMAT, "csv|ndjson"},
      {KL_FLAG_ENCODING, "utf-8|latin1"},
      {KL_FLAG_ASSUME, NULL},
      {KL_FLAG_INCLUDE, NULL},
      END}},
    {"plan",
     kl_verb_plan,
     {"[flaggor] GAMMAL NY [POSTER]", "[flags] OLD NEW [RECORDS]"},
     2,
     3,
     {"visar vad som ändras mellan två utgåvor", "shows what changes between two editions"},
     {"Jämför två regelfiler för alla poster som kan finnas, också dem med okända uppgifter. Varje\n"
      "utfall och krav är bevisat likvärdigt, eller så visas de klasser av poster där det ändras, med\n"
      "de regler som avgjorde och en post som har prövats mot båda. Med POSTER avgörs varje post av\n"
      "båda: hur många som ändras, från vad till vad, hur mycket pengar och mellan vilka regler; -o\n"
      "skriver de ändrade.\n"
      "Slutkod 1 när något skiljer.",
      "Compares two rule files over all records there can be, those with unknown facts too. Each\n"
      "outcome and requirement is proved equivalent, or the classes of records where it changes are\n"
      "shown, with the rules that decided and a record that was run on both. With RECORDS both decide\n"
      "every record: how many change, from what to what, how much money and between which rules; -o\n"
      "writes those that change.\n"
      "Exit status 1 when anything differs."},
     {"  klausul plan rules/vgr/distanskontakter/2023-06-01.klausul ny.klausul",
      "  klausul plan rules/vgr/distanskontakter/2023-06-01.klausul new.klausul"},
     {{KL_FLAG_FORMAT, "text|json"},
      {KL_FLAG_OUTPUT, NULL},
      {KL_FLAG_ASSUME, NULL},
      {KL_FLAG_INPUT_FORMAT, "csv|ndjson"},
      {KL_FLAG_ENCODING, "utf-8|latin1"},
      {KL_FLAG_THREADS, NULL},
      {KL_FLAG_INCLUDE, NULL},
      END}},
    {"test",
     kl_verb_test,
     {"[flaggor] FIL|MAPP…", "[flags] FILE|FOLDER…"},
     1,
     SIZE_MAX,
     {"kör exemplen i regelfilerna", "runs the examples in the rule files"},
     {"Avgör varje exempel och jämför med vad det väntar sig. Räknar sedan vilka klausuler,\n"
      "undantag och rader som exemplen prövar med ja, nej och okänt.",
      "Decides every example and compares with what it expects. Then counts which clauses,\n"
      "exceptions and rows the examples try with yes, no and unknown."},
     {"  klausul test rules/ --threshold 100", "  klausul test rules/ --threshold 100"},
     {{KL_FLAG_FORMAT, "text|json|junit"},
      {KL_FLAG_THRESHOLD, NULL},
      {KL_FLAG_SUGGEST, NULL},
      {KL_FLAG_MUTATE, NULL},
      {KL_FLAG_OUTPUT, NULL},
      {KL_FLAG_INCLUDE, NULL},
      END}},
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
    {"template",
     kl_verb_template,
     {"[flaggor] RIKTLINJE", "[flags] GUIDELINE"},
     1,
     1,
     {"skriver en tom fil att fylla med poster", "writes an empty file to fill with records"},
     {"csv: rubrikerna som riktlinjen läser. json-schema: fälten med typ, värden och de andra namn\n"
      "som de läses från.",
      "csv: the headings that the guideline reads. json-schema: the fields with type, values and the\n"
      "other names that they are read from."},
     {"  klausul template rules/vgr/distanskontakter --format json-schema",
      "  klausul template rules/vgr/distanskontakter --format json-schema"},
     {{KL_FLAG_FORMAT, "csv|json-schema"}, {KL_FLAG_CSV, "sv"}, {KL_FLAG_OUTPUT, NULL}, {KL_FLAG_INCLUDE, NULL}, END}},
    {"build",
     kl_verb_build,
     {"[flaggor] RIKTLINJE -o FIL", "[flags] GUIDELINE -o FILE"},
     1,
     1,
     {"bygger en avbild som kan laddas utan regeltexten", "builds an image that loads without the rule text"},
     {"Avbilden bär regeltextens kontrollsumma. Samma regeltext ger samma avbild, byte för byte.",
      "The image carries the hash of the rule text. The same rule text gives the same image, byte for byte."},
     {"  klausul build rules/vgr/distanskontakter/2023-06-01.klausul --target image -o vgr.kli",
      "  klausul build rules/vgr/distanskontakter/2023-06-01.klausul --target image -o vgr.kli"},
     {{KL_FLAG_OUTPUT, NULL},
      {KL_FLAG_TARGET, "image|c|sql"},
      {KL_FLAG_DIALECT, "postgresql|sqlite|duckdb|tsql|oracle"},
      {KL_FLAG_INCLUDE, NULL},
      END}},
    {"inspect",
     kl_verb_inspect,
     {"[flaggor] AVBILD", "[flags] IMAGE"},
     1,
     1,
     {"visar vad en avbild innehåller", "shows what an image holds"},
     {"Huvud, kontrollsummor, minnesbehov, fält, utfall och instruktioner.",
      "Header, hashes, budgets, fields, outcomes and instructions."},
     {"  klausul inspect vgr.kli", "  klausul inspect vgr.kli"},
     {{KL_FLAG_OUTPUT, NULL}, END}},
    {"verify",
     kl_verb_verify,
     {"[flaggor] AVBILD [REGELFIL]", "[flags] IMAGE [RULE FILE]"},
     1,
     2,
     {"prövar en avbild, och att den svarar mot regeltexten", "tests an image, and that it matches the rule text"},
     {"Med en regelfil jämförs kontrollsummorna: avbilden är byggd ur just den texten eller inte.",
      "With a rule file the hashes are compared: the image was built from exactly that text or not."},
     {"  klausul verify vgr.kli rules/vgr/distanskontakter/2023-06-01.klausul",
      "  klausul verify vgr.kli rules/vgr/distanskontakter/2023-06-01.klausul"},
     {{KL_FLAG_INCLUDE, NULL}, END}},
};
const size_t kl_verb_count = sizeof kl_verbs / sizeof *kl_verbs;
