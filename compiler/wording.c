/* wording.c - reports with their second places and notes, worded in the language of the run from the catalogue.
 * May include: compiler/front, lang/notes.def, runtime/dates.
 * Start at kl_front_report(); kl_front_note() words a line that a diagnostic carries. */
#include "compiler/front.h"
#include "runtime/dates.h"

static const char *const notes[2][KL_N_COUNT] = {
    {
#define KL_NOTE(name, sv, en) sv,
#include "lang/notes.def"
#undef KL_NOTE
    },
    {
#define KL_NOTE(name, sv, en) en,
#include "lang/notes.def"
#undef KL_NOTE
    },
};

const kl_file *kl_front_file(const kl_front *f) {
    return f->sources->files.p[f->file];
}

/* What says that something is missing, or too much: not to be believed where reading a file has skipped something in between. */
static bool doubtful(kl_diag_id id) {
    switch (id) {
    case KL_D_NAME_UNKNOWN:
    case KL_D_NAME_WRONG_KIND:
    case KL_D_GIVEN_TWICE:
    case KL_D_ID_TWICE:
    case KL_D_EXAMPLE_TITLE_TWICE:
    case KL_D_VALUE_UNKNOWN:
    case KL_D_TYPE_UNKNOWN:
    case KL_D_FIELD_UNKNOWN:
    case KL_D_OUTCOME_UNKNOWN:
    case KL_D_ASSUMPTION_UNKNOWN:
    case KL_D_REQUIREMENT_UNKNOWN:
    case KL_D_OVERRIDE_UNKNOWN:
    case KL_D_OVERRIDE_ROW:
    case KL_D_OVERRIDE_COLUMN:
    case KL_D_COLUMN_UNKNOWN:
    case KL_D_NEEDS_GUIDELINE:
    case KL_D_SET_EMPTY:
    case KL_D_MANY_EMPTY:
    case KL_D_VALUE_MISSING:
    case KL_D_CURRENCY_UNSAID:
    case KL_D_REQUIRES_MISSING:
    case KL_D_RULE_GIVES_NOTHING:
    case KL_D_ENTRY_INCOMPLETE:
    case KL_D_PERIOD_UNSAID:
    case KL_D_DATED_BY_MISSING:
    case KL_D_BEFORE_UNSAID:
    case KL_D_AFTER_UNSAID:
    case KL_D_EDITION_UNNAMED:
    case KL_D_TARIFF_EMPTY:
    case KL_D_TARIFF_HOLE:
    case KL_D_TABLE_NO_RESULT:
    case KL_D_EXAMPLE_UNTITLED:
    case KL_D_EXAMPLE_BASE_UNKNOWN:
    case KL_D_EXAMPLE_ID_UNKNOWN:
    case KL_D_EXAMPLE_REQUIRED:
    case KL_D_EXAMPLE_EXPECTS_NOTHING:
    case KL_D_EXAMPLE_HEADING:
    case KL_D_EXAMPLE_FINDING:
    case KL_D_OUTCOME_UNSET:
    case KL_D_UNUSED: return true;
    default: return false;
    }
}

kl_diag *kl_front_report(kl_front *f, kl_span span, kl_diag_id id, size_t arg_count, ...) {
    kl_str args[4] = {{0}, {0}, {0}, {0}};
    va_list list;
    va_start(list, arg_count);
    for (size_t i = 0; i < arg_count && i < 4; i++) args[i] = va_arg(list, kl_str);
    va_end(list);
    if (f->broken && doubtful(id)) return kl_alloc(f->arena, sizeof(kl_diag));
    return kl_report(f->diags, kl_front_file(f), span, id, arg_count, args[0], args[1], args[2], args[3]);
}

kl_str kl_front_note(const kl_front *f, kl_note_id id, kl_str arg) {
    return kl_front_note_of(f, id, arg, KL_NO_ARG);
}

kl_str kl_front_note_of(const kl_front *f, kl_note_id id, kl_str first, kl_str second) {
    const char *s = notes[f->diags->lang == KL_EN][id];
    kl_buf b;
    kl_buf_init(&b, f->arena);
    for (; *s; s++) {
        if (s[0] == '%' && (s[1] == '1' || s[1] == '2')) {
            kl_buf_str(&b, *++s == '1' ? first : second);
        } else {
            kl_buf_add(&b, s, 1);
        }
    }
    return kl_buf_view(&b);
}

void kl_front_second(kl_front *f, kl_diag *d, uint32_t file, kl_span span, kl_note_id note, kl_str arg) {
    d->second_file = f->sources->files.p[file];
    d->second = span;
    d->second_note = kl_front_note(f, note, arg);
}

kl_str kl_front_kind_word(const kl_front *f, kl_symbol_kind kind) {
    static const kl_note_id words[KL_SYM_KINDS] = {
        [KL_SYM_FIELD] = KL_N_KIND_FIELD,     [KL_SYM_CLAUSE] = KL_N_KIND_CLAUSE,
        [KL_SYM_OUTCOME] = KL_N_KIND_OUTCOME, [KL_SYM_ASSUMPTION] = KL_N_KIND_ASSUMPTION,
        [KL_SYM_TARIFF] = KL_N_KIND_TARIFF,   [KL_SYM_RULE] = KL_N_KIND_RULE,
        [KL_SYM_TABLE] = KL_N_KIND_TABLE,     [KL_SYM_REQUIREMENT] = KL_N_KIND_REQUIREMENT,
        [KL_SYM_ADVICE] = KL_N_KIND_ADVICE,   [KL_SYM_NOTE] = KL_N_KIND_NOTE,
        [KL_SYM_SET] = KL_N_KIND_SET,
    };
    return kl_front_note(f, words[kind], (kl_str){0});
}

kl_str kl_front_type_word(const kl_front *f, ir_type t) {
    kl_note_id id = KL_N_TYPE_CONDITION;
    kl_str arg = {0};
    switch (t.kind) {
    case KL_T_NONE: break;
    case KL_T_BOOL: id = KL_N_TYPE_BOOL; break;
    case KL_T_VALUES: id = KL_N_TYPE_VALUES; break;
    case KL_T_SET: id = KL_N_TYPE_SET; break;
    case KL_T_INTEGER: id = KL_N_TYPE_INTEGER; break;
    case KL_T_DECIMAL: id = t.decimals == 1 ? KL_N_TYPE_DECIMAL_ONE : KL_N_TYPE_DECIMAL; break;
    case KL_T_MONEY: id = t.decimals == 2 ? KL_N_TYPE_MONEY : KL_N_TYPE_MONEY_FINE; break;
    case KL_T_DATE: id = KL_N_TYPE_DATE; break;
    case KL_T_MINUTES: id = KL_N_TYPE_MINUTES; break;
    case KL_T_DAYS: id = KL_N_TYPE_DAYS; break;
    case KL_T_TEXT: id = KL_N_TYPE_TEXT; break;
    }
    if (t.kind == KL_T_VALUES || t.kind == KL_T_SET)
        arg = f->g->sets.p[t.set].name;
    else
        arg = kl_str_fmt(f->arena, "%u", (unsigned)t.decimals);
    return kl_front_note(f, id, arg);
}

kl_str kl_front_day_word(const kl_front *f, int32_t day) {
    char text[10];
    kl_date_write(day, text);
    return kl_str_dup(f->arena, (kl_str){text, sizeof text});
}
