/* args.c - reading the command line against the tables of flags and verbs.
 * May include: the command's own header.
 * Start at kl_cli_parse(). */
#include "compiler/cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/klausul.h"

static const struct {
    char letter;
    const char *name, *argument[2];
} flags[KL_FLAG_COUNT] = {
#define KL_FLAG(id, letter, name, argument_sv, argument_en, sv, en)                                                    \
    [KL_FLAG_##id] = {letter, name, {argument_sv, argument_en}},
#include "compiler/cli/flags.def"
#undef KL_FLAG
};

/* Flags every verb takes. */
static const kl_flag_use common[] = {
    {KL_FLAG_HELP, NULL}, {KL_FLAG_VERSION, NULL}, {KL_FLAG_LANG, "sv|en"}, {KL_FLAG_COLOR, "auto|always|never"}};

const char *kl_flag_name(kl_flag_id flag) {
    return flags[flag].name;
}
bool kl_cli_has(const kl_cli *c, kl_flag_id flag) {
    return c->given[flag].n > 0;
}

kl_str kl_cli_value(const kl_cli *c, kl_flag_id flag) {
    return c->given[flag].n ? c->given[flag].p[c->given[flag].n - 1] : (kl_str){"", 0};
}

bool kl_cli_is(const kl_cli *c, kl_flag_id flag, const char *value) {
    return c->given[flag].n > 0 && kl_str_eq(kl_cli_value(c, flag), kl_str_of(value));
}

kl_str_list kl_cli_list(const kl_cli *c, kl_flag_id flag) {
    kl_str_list list = {0};
    for (size_t i = 0; i < c->given[flag].n; i++) {
        kl_str s = c->given[flag].p[i];
        for (size_t at = 0, to; at <= s.n; at = to + 1) {
            for (to = at; to < s.n && s.p[to] != ',';) to++;
            KL_PUSH(c->arena, &list, ((kl_str){s.p + at, to - at}));
        }
    }
    return list;
}

static const kl_flag_use *verb_flag(const kl_verb *verb, kl_flag_id id) {
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (common[i].id == id) return &common[i];
    for (const kl_flag_use *u = verb ? verb->flags : NULL; u && u->id != KL_FLAG_COUNT; u++)
        if (u->id == id) return u;
    return NULL;
}

static const kl_flag_use *by_name(const kl_verb *verb, kl_str name) {
    for (size_t i = 0; i < KL_FLAG_COUNT; i++)
        if (kl_str_eq(kl_str_of(flags[i].name), name)) return verb_flag(verb, (kl_flag_id)i);
    return NULL;
}

static const kl_flag_use *by_letter(const kl_verb *verb, char letter) {
    for (size_t i = 0; i < KL_FLAG_COUNT; i++)
        if (flags[i].letter == letter) return verb_flag(verb, (kl_flag_id)i);
    return NULL;
}

static bool unknown_flag(kl_cli *c, kl_str written) {
    kl_str names[KL_FLAG_COUNT];
    size_t n = 0;
    for (size_t i = 0; i < KL_FLAG_COUNT; i++)
        if (verb_flag(c->verb, (kl_flag_id)i)) names[n++] = kl_str_fmt(c->arena, "--%s", flags[i].name);
    kl_say(c, KL_D_USAGE_FLAG, 2, written, kl_str_of(c->verb ? c->verb->name : "klausul"));
    kl_say_hint(c, kl_closest(written, names, n));
    return false;
}

static bool choice_ok(const char *choices, kl_str value) {
    for (const char *p = choices; *p;) {
        size_t n = strcspn(p, "|");
        if (kl_str_eq((kl_str){p, n}, value)) return true;
        p += n + (p[n] == '|');
    }
    return false;
}

static bool give(kl_cli *c, const kl_flag_use *use, kl_str value) {
    kl_str shown = kl_str_fmt(c->arena, "--%s", flags[use->id].name);
    if (use->choices && !choice_ok(use->choices, value)) {
        kl_say(c, KL_D_USAGE_CHOICE, 3, shown, value, kl_str_of(use->choices));
        return false;
    }
    KL_PUSH(c->arena, &c->given[use->id], value);
    if (use->id == KL_FLAG_LANG) c->lang = kl_str_eq(value, KL_STR("sv")) ? KL_SV : KL_EN;
    return true;
}

/* The language first, so that every message about the rest is in it. */
static void early_language(kl_cli *c, int argc, char **argv) {
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *v = strncmp(argv[i], "--lang=", 7) == 0              ? argv[i] + 7
                        : strcmp(argv[i], "--lang") == 0 && i + 1 < argc ? argv[i + 1]
                                                                         : NULL;
        if (v && strcmp(v, "sv") == 0) c->lang = KL_SV;
        if (v && strcmp(v, "en") == 0) c->lang = KL_EN;
    }
}

static bool take_long(kl_cli *c, char **argv, int argc, int *i) {
    kl_str written = kl_str_of(argv[*i]);
    const char *eq = strchr(argv[*i], '=');
    kl_str name = {written.p + 2, eq ? (size_t)(eq - written.p) - 2 : written.n - 2};
    const kl_flag_use *use = by_name(c->verb, name);
    if (!use) return unknown_flag(c, (kl_str){written.p, name.n + 2});
    if (!flags[use->id].argument[0]) {
        if (eq) {
            kl_say(c, KL_D_USAGE_NO_VALUE, 1, (kl_str){written.p, name.n + 2});
            return false;
        }
        return give(c, use, name);
    }
    if (eq) return give(c, use, kl_str_of(eq + 1));
    if (*i + 1 >= argc || strncmp(argv[*i + 1], "--", 2) == 0) {
        kl_say(c, KL_D_USAGE_VALUE, 2, written, kl_str_of(flags[use->id].argument[c->lang]));
        return false;
    }
    return give(c, use, kl_str_of(argv[++*i]));
}

static bool take_short(kl_cli *c, char **argv, int argc, int *i) {
    for (const char *p = argv[*i] + 1; *p; p++) {
        const kl_flag_use *use = by_letter(c->verb, *p);
        if (!use) return unknown_flag(c, kl_str_fmt(c->arena, "-%c", *p));
        if (!flags[use->id].argument[0]) {
            if (!give(c, use, kl_str_of(flags[use->id].name))) return false;
            continue;
        }
        if (p[1]) return give(c, use, kl_str_of(p + 1));
        if (*i + 1 >= argc || strncmp(argv[*i + 1], "--", 2) == 0) {
            kl_say(c, KL_D_USAGE_VALUE, 2, kl_str_fmt(c->arena, "-%c", *p),
                   kl_str_of(flags[use->id].argument[c->lang]));
            return false;
        }
        return give(c, use, kl_str_of(argv[++*i]));
    }
    return true;
}

static bool color_for(const kl_cli *c, int fd) {
    if (kl_cli_is(c, KL_FLAG_COLOR, "always")) return true;
    const char *off = getenv("NO_COLOR");
    if (kl_cli_is(c, KL_FLAG_COLOR, "never") || (off && *off)) return false;
    const char *term = getenv("TERM");
    return isatty(fd) && (!term || strcmp(term, "dumb") != 0);
}

static bool find_verb(kl_cli *c, kl_str name) {
    for (size_t i = 0; i < kl_verb_count; i++)
        if (kl_str_eq(kl_str_of(kl_verbs[i].name), name)) {
            c->verb = &kl_verbs[i];
            return true;
        }
    kl_str names[32];
    for (size_t i = 0; i < kl_verb_count; i++) names[i] = kl_str_of(kl_verbs[i].name);
    kl_say(c, KL_D_USAGE_VERB, 1, name);
    kl_say_hint(c, kl_closest(name, names, kl_verb_count));
    return false;
}

bool kl_cli_parse(kl_cli *c, int argc, char **argv, int *status) {
    *status = KL_EXIT_TROUBLE;
    early_language(c, argc, argv);
    c->color_err = color_for(c, STDERR_FILENO);
    bool plain = false;
    for (int i = 1; i < argc; i++) {
        const char *p = argv[i];
        if (!plain && strcmp(p, "--") == 0)
            plain = true;
        else if (!plain && p[0] == '-' && p[1] == '-') {
            if (!take_long(c, argv, argc, &i)) return false;
        } else if (!plain && p[0] == '-' && p[1]) {
            if (!take_short(c, argv, argc, &i)) return false;
        } else if (!c->verb && strcmp(p, "help") == 0) {
            KL_PUSH(c->arena, &c->given[KL_FLAG_HELP], KL_STR("help"));
        } else if (!c->verb) {
            if (!find_verb(c, kl_str_of(p))) return false;
        } else {
            KL_PUSH(c->arena, &c->operands, kl_str_of(p));
        }
    }
    c->color_err = color_for(c, STDERR_FILENO);
    c->color_out = color_for(c, STDOUT_FILENO);
    if (kl_cli_has(c, KL_FLAG_HELP)) {
        kl_cli_help(c, stdout, c->verb);
        *status = KL_EXIT_OK;
        return false;
    }
    if (kl_cli_has(c, KL_FLAG_VERSION)) {
        printf("klausul %s\n", KLAUSUL_VERSION);
        *status = KL_EXIT_OK;
        return false;
    }
    if (!c->verb) {
        kl_cli_help(c, stderr, NULL);
        return false;
    }
    if (c->operands.n < c->verb->least) {
        kl_say(c, KL_D_USAGE_FEW, 2, kl_str_of(c->verb->name), kl_str_of(c->verb->operands[c->lang]));
        return false;
    }
    if (c->operands.n > c->verb->most) {
        kl_say(c, KL_D_USAGE_MANY, 2, kl_str_of(c->verb->name), c->operands.p[c->verb->most]);
        return false;
    }
    return true;
}
