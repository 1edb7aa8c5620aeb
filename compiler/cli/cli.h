/* cli.h - what the verbs of the command share: the parsed command line, messages, files.
 * May include: the compiler's and the language room's front doors, the runtime and its io.
 * Start at kl_verb (verbs.c lists them) and kl_cli_parse(). */
#ifndef KL_COMPILER_CLI_CLI_H
#define KL_COMPILER_CLI_CLI_H

#include <stdio.h>

#include "compiler/compiler.h"
#include "lang/lang.h"

/* Exit statuses, as diff has them; the last is what a shell tells of a program that SIGPIPE ended. */
enum { KL_EXIT_OK = 0, KL_EXIT_FOUND = 1, KL_EXIT_TROUBLE = 2, KL_EXIT_UNREAD = 141 };

typedef enum kl_flag_id {
#define KL_FLAG(id, letter, name, argument_sv, argument_en, sv, en) KL_FLAG_##id,
#include "compiler/cli/flags.def"
#undef KL_FLAG
    KL_FLAG_COUNT
} kl_flag_id;

typedef struct kl_flag_use { /* a flag as one verb takes it */
    kl_flag_id id;
    const char *choices; /* a|b|c, one of them; NULL: anything */
} kl_flag_use;

typedef struct kl_cli kl_cli;

typedef struct kl_verb {
    const char *name;
    int (*run)(kl_cli *c);
    const char *operands[2]; /* [KL_SV], [KL_EN]: after the flags */
    size_t least, most;      /* operands */
    const char *does[2];     /* one line */
    const char *more[2];     /* a paragraph or two */
    const char *example[2];
    kl_flag_use flags[24]; /* ends with KL_FLAG_COUNT */
} kl_verb;

typedef KL_VEC(kl_str) kl_str_list;

struct kl_cli {
    kl_arena *arena;
    kl_surface lang;
    bool color_out, color_err; /* whether standard output and standard error get colour */
    bool unread;               /* standard output was left by its reader before all was written */
    const kl_verb *verb;
    kl_str_list operands;
    bool hinted[KL_D_COUNT];          /* a hint is said once */
    kl_str_list given[KL_FLAG_COUNT]; /* every value a flag was given (flags without argument: their name) */
};

extern const kl_verb kl_verbs[];
extern const size_t kl_verb_count;

/* Reads the command line. true: go on with c->verb; false: end with *status (help, version, or a message was printed). */
bool kl_cli_parse(kl_cli *c, int argc, char **argv, int *status);
bool kl_cli_has(const kl_cli *c, kl_flag_id flag);
kl_str kl_cli_value(const kl_cli *c, kl_flag_id flag); /* the last one given; empty when none */
bool kl_cli_is(const kl_cli *c, kl_flag_id flag, const char *value);
kl_str_list kl_cli_list(const kl_cli *c, kl_flag_id flag); /* all that were given, with commas between or one by one */

void kl_cli_help(const kl_cli *c, FILE *out, const kl_verb *verb); /* NULL: the command itself */
const char *kl_flag_name(kl_flag_id flag);

/* One of two wordings. */
const char *kl_cli_word(const kl_cli *c, const char *sv, const char *en);

/* ---- messages from the catalogue, on standard error: `klausul: fel[K0702]: …`, or `PLACE: fel[K0502]: …` */
void kl_say(kl_cli *c, kl_diag_id id, size_t arg_count, ...); /* kl_str… */
/* Names, keys and texts come from files: what would steer the terminal is shown as a question mark. */
kl_str kl_visible(kl_arena *a, kl_str s);
void kl_say_at(kl_cli *c, kl_str place, kl_diag_id id, size_t arg_count, ...); /* kl_str… */
void kl_say_hint(kl_cli *c, kl_str close); /* a line "menade du X?", when close is not empty */
kl_str kl_wording(kl_arena *a, kl_surface lang, kl_diag_id id, const kl_str *args, size_t count);
/* The candidate closest in spelling, or an empty string. */
kl_str kl_closest(kl_str wanted, const kl_str *candidates, size_t count);

kl_str kl_why(const kl_cli *c, int error);       /* an errno in words */
kl_str kl_why_write(const kl_cli *c, int error); /* the same of a file that was to be written */

/* ---- rule files */
kl_options kl_cli_options(kl_cli *c);
/* The files the operands name: folders become the rule files in them. false after a message. */
bool kl_cli_files(kl_cli *c, kl_str_list *files);
/* Prints what was found in the chosen form (text, json, github) and forgets nothing. */
void kl_cli_print(kl_cli *c, kl_diags *d, FILE *out, kl_str format);

/* ---- files */
bool kl_file_read(kl_arena *a, kl_str path, kl_str *text); /* "-": standard input; false with errno */
typedef enum kl_path_kind { KL_PATH_ABSENT, KL_PATH_FILE, KL_PATH_FOLDER, KL_PATH_OTHER } kl_path_kind;
kl_path_kind kl_path_is(kl_arena *a, kl_str path);
/* The names in a folder that end in `suffix`, sorted by bytes, as folder/name. false with errno. */
bool kl_folder_list(kl_arena *a, kl_str path, const char *suffix, bool deep, kl_str_list *names);

/* A file written beside its name and renamed when finished, with the permissions of the one it replaces; "-" and an empty path
 * are standard output; devices and pipes are written straight. */
typedef struct kl_sink {
    int fd;
    kl_str path, onto; /* onto: path, or the file that it is a symbolic link to */
    kl_str beside;     /* the temporary name, empty when written straight */
    bool failed;
    int why;                  /* errno of the first failure */
    uint64_t bytes, reserved; /* written; up to where there is room for certain */
    bool unreserved;          /* room cannot be had ahead */
} kl_sink;
bool kl_interrupted(void); /* input.c: then a write that waits fails */
bool kl_sink_open(kl_arena *a, kl_sink *s, kl_str path);
bool kl_sink_write(kl_sink *s, const void *data, size_t size);           /* false once something failed */
bool kl_sink_write_parts(kl_sink *s, const kl_str *parts, size_t count); /* at most 16, one after another */
bool kl_sink_finish(kl_sink *s);                                         /* rename; false when anything failed */
void kl_sink_drop(kl_sink *s);                                           /* removes what was written beside */
/* All of it to a file or standard output, with a message when that fails; none when the reader of standard output has left. */
bool kl_write_all(kl_cli *c, kl_str path, const void *data, size_t size);
/* Flushes standard output and says whether everything reached it; likewise. */
bool kl_flush(kl_cli *c);

/* ---- the verbs */
int kl_verb_check(kl_cli *c);
int kl_verb_fmt(kl_cli *c);
int kl_verb_run(kl_cli *c);
int kl_verb_explain(kl_cli *c);
int kl_verb_plan(kl_cli *c);
int kl_verb_test(kl_cli *c);
int kl_verb_build(kl_cli *c);
int kl_verb_inspect(kl_cli *c);
int kl_verb_verify(kl_cli *c);
int kl_verb_template(kl_cli *c);

#endif
