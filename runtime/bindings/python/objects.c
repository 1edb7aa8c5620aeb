/* objects.c - what the library tells, as Python objects: descriptions as dicts, decisions and rejected records as tuples.
 * May include: Python's limited C interface.
 * Start at kl_py_decision(); klausul/__init__.py gives the tuples their names. */
#include "runtime/bindings/python/objects.h"

#include <string.h>

PyObject *kl_py_text(kl_string s) {
    return PyUnicode_DecodeUTF8(s.data ? s.data : "", (Py_ssize_t)s.size, "replace");
}

static PyObject *text_or_none(kl_string s) {
    return s.size ? kl_py_text(s) : Py_NewRef(Py_None);
}

/* ------------------------------------------------------------------ words */
static bool intern(PyObject **into, size_t count, const char *(*word)(size_t)) {
    for (size_t i = 0; i < count; i++)
        if (!(into[i] = PyUnicode_InternFromString(word(i)))) return false;
    return true;
}

static const char *state_word(size_t i) {
    return kl_state_word((kl_state)i);
}
static const char *reason_word(size_t i) {
    return kl_reason_word((uint32_t)i);
}
static const char *truth_word(size_t i) {
    return kl_truth_word((kl_truth)i);
}
static const char *audit_word(size_t i) {
    static const char *const words[] = {"none", "agrees", "differs", "unknown", "possible"};
    return words[i];
}

static PyObject *attribute_of(const char *module, const char *name) {
    PyObject *m = PyImport_ImportModule(module), *a = m ? PyObject_GetAttrString(m, name) : NULL;
    Py_XDECREF(m);
    return a;
}

bool kl_py_words_init(kl_py_words *w) {
    w->decimal = attribute_of("decimal", "Decimal");
    w->date = attribute_of("datetime", "date");
    return w->decimal && w->date && intern(w->states, 7, state_word) && intern(w->reasons, 3, reason_word) &&
           intern(w->truths, 4, truth_word) && intern(w->audits, 5, audit_word);
}

typedef kl_string (*namer)(const kl_ruleset_edition *e, uint32_t set, uint32_t i);
static kl_string field_name(const kl_ruleset_edition *e, uint32_t set, uint32_t i) {
    (void)set;
    return e->teller->fields[i].name;
}
static kl_string outcome_name(const kl_ruleset_edition *e, uint32_t set, uint32_t i) {
    (void)set;
    return e->teller->outcomes[i].name;
}
static kl_string entry_name(const kl_ruleset_edition *e, uint32_t set, uint32_t i) {
    (void)set;
    return e->teller->entries[i].id;
}
static kl_string assumption_name(const kl_ruleset_edition *e, uint32_t set, uint32_t i) {
    (void)set;
    return e->teller->assumptions[i].name;
}
static kl_string value_name(const kl_ruleset_edition *e, uint32_t set, uint32_t i) {
    kl_value_info value;
    kl_value_of(e->program, set, i, &value);
    return value.name;
}

static PyObject *names_of(const kl_ruleset_edition *e, namer name, uint32_t set, uint32_t count) {
    PyObject *all = PyTuple_New((Py_ssize_t)count);
    for (uint32_t i = 0; all && i < count; i++) {
        PyObject *one = kl_py_text(name(e, set, i));
        if (one) PyUnicode_InternInPlace(&one);
        if (!one || PyTuple_SetItem(all, (Py_ssize_t)i, one)) Py_CLEAR(all);
    }
    return all;
}

bool kl_py_names_init(kl_py_names *n, const kl_ruleset_edition *e) {
    n->name = kl_py_text(e->info.name);
    n->edition = text_or_none(e->info.edition);
    n->fields = names_of(e, field_name, 0, e->info.fields);
    n->outcomes = names_of(e, outcome_name, 0, e->info.outcomes);
    n->entries = names_of(e, entry_name, 0, e->info.entries);
    n->assumptions = names_of(e, assumption_name, 0, e->info.assumptions);
    n->sets = PyTuple_New((Py_ssize_t)e->info.sets);
    for (uint32_t i = 0; n->sets && i < e->info.sets; i++) {
        kl_set_info set;
        kl_set_of(e->program, i, &set);
        PyObject *values = names_of(e, value_name, i, set.values);
        if (!values || PyTuple_SetItem(n->sets, (Py_ssize_t)i, values)) Py_CLEAR(n->sets);
    }
    return n->name && n->edition && n->fields && n->outcomes && n->entries && n->assumptions && n->sets;
}

void kl_py_names_free(kl_py_names *n) {
    Py_CLEAR(n->name);
    Py_CLEAR(n->edition);
    Py_CLEAR(n->fields);
    Py_CLEAR(n->outcomes);
    Py_CLEAR(n->entries);
    Py_CLEAR(n->assumptions);
    Py_CLEAR(n->sets);
}

/* ------------------------------------------------------------------ tuples */
/* Takes the items over; NULL when one of them is. */
static PyObject *tuple(size_t count, PyObject **items) {
    PyObject *t = PyTuple_New((Py_ssize_t)count);
    bool ok = t != NULL;
    for (size_t i = 0; i < count; i++) {
        ok = ok && items[i];
        if (!ok)
            Py_XDECREF(items[i]);
        else if (PyTuple_SetItem(t, (Py_ssize_t)i, items[i]))
            ok = false;
    }
    if (!ok) Py_CLEAR(t);
    return t;
}

static PyObject *item(PyObject *all, uint32_t i) {
    return Py_XNewRef(PyTuple_GetItem(all, (Py_ssize_t)i));
}

static PyObject *chosen(PyObject *all, const uint32_t *which, size_t count) {
    PyObject *t = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; t && i < count; i++)
        if (PyTuple_SetItem(t, (Py_ssize_t)i, item(all, which[i]))) Py_CLEAR(t);
    return t;
}

static bool add_bits(PyObject *list, PyObject *all, const uint64_t *bits, uint32_t count) {
    if (!bits) return true;
    KL_EACH_BIT(i, bits, count) {
        if (PyList_Append(list, PyTuple_GetItem(all, (Py_ssize_t)i))) return false;
    }
    return true;
}

static PyObject *tuple_of(PyObject *list, bool ok) {
    PyObject *t = ok && list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return t;
}

static PyObject *bits_tuple(PyObject *all, const uint64_t *bits, uint32_t count) {
    PyObject *list = PyList_New(0);
    return tuple_of(list, list && add_bits(list, all, bits, count));
}

/* ------------------------------------------------------------------ values */
static PyObject *set_of(const kl_py_names *n, uint32_t set, uint64_t mask) {
    PyObject *list = PyList_New(0), *out = NULL;
    if (list && add_bits(list, PyTuple_GetItem(n->sets, (Py_ssize_t)set), &mask, 64)) out = PyFrozenSet_New(list);
    Py_XDECREF(list);
    return out;
}

static PyObject *number_of(const kl_py_words *w, int64_t number, unsigned scale) {
    kl_bytes text = {0};
    kl_bytes_number(&text, number, scale, '.');
    PyObject *s = PyUnicode_FromStringAndSize(text.data ? text.data : "", (Py_ssize_t)text.size);
    PyObject *out = s ? PyObject_CallFunctionObjArgs(w->decimal, s, NULL) : NULL;
    Py_XDECREF(s);
    kl_bytes_free(&text);
    return out;
}

static PyObject *value_of(const kl_py_words *w, const kl_py_names *n, kl_kind kind, unsigned scale, uint32_t set,
                          const kl_result *r) {
    switch (kind) {
    case KL_BOOL: return PyBool_FromLong(r->number != 0);
    case KL_VALUES: return item(PyTuple_GetItem(n->sets, (Py_ssize_t)set), (uint32_t)r->number);
    case KL_SET: return set_of(n, set, r->set);
    case KL_DECIMAL:
    case KL_MONEY: return number_of(w, r->number, scale);
    case KL_DATE: return PyObject_CallMethod(w->date, "fromordinal", "L", (long long)r->number + 719163);
    case KL_TEXT: return kl_py_text(r->text);
    default: return PyLong_FromLongLong(r->number);
    }
}

/* A column of a many-of entry: its value, None, or (state, document) where it has another state. */
static PyObject *column_value(const kl_py_words *w, const kl_py_names *n, const kl_column_info *c, const kl_result *r) {
    if (r->state == KL_DECIDED) return value_of(w, n, c->kind, c->scale, c->set, r);
    if (r->state == KL_NOT_STATED || r->state == KL_NO_RESULT) return Py_NewRef(Py_None);
    return tuple(2, (PyObject *[]){Py_NewRef(w->states[r->state]),
                                   r->state == KL_EXTERNAL ? kl_py_text(r->text) : Py_NewRef(Py_None)});
}

static PyObject *entry_of(const kl_py_words *w, const kl_py_names *n, const kl_verdict *v, uint32_t outcome,
                          uint32_t slot) {
    PyObject *entry = PyDict_New();
    for (uint32_t i = 0; entry && i < v->teller->outcomes[outcome].columns; i++) {
        kl_column_info c;
        kl_result r;
        kl_outcome_column(v->teller->program, outcome, i, &c);
        kl_many_value(v->workspace, outcome, slot, i, v->row, &r);
        PyObject *name = kl_py_text(c.name), *value = name ? column_value(w, n, &c, &r) : NULL;
        if (!value || PyDict_SetItem(entry, name, value)) Py_CLEAR(entry);
        Py_XDECREF(name);
        Py_XDECREF(value);
    }
    return entry;
}

static PyObject *entries_of(const kl_py_words *w, const kl_py_names *n, const kl_verdict *v, uint32_t outcome,
                            const uint32_t *slots, size_t count) {
    PyObject *t = PyTuple_New((Py_ssize_t)count);
    for (size_t i = 0; t && i < count; i++) {
        PyObject *entry = entry_of(w, n, v, outcome, slots[i]);
        if (!entry || PyTuple_SetItem(t, (Py_ssize_t)i, entry)) Py_CLEAR(t);
    }
    return t;
}

/* ------------------------------------------------------------------ decisions */
static PyObject *waiting_of(const kl_py_names *n, const kl_teller *t, const kl_verdict_outcome *o) {
    PyObject *list = PyList_New(0);
    return tuple_of(list, list && add_bits(list, n->assumptions, o->assumptions, t->info.assumptions) &&
                              add_bits(list, n->entries, o->entries, t->info.entries) &&
                              add_bits(list, n->outcomes, o->outcomes, t->info.outcomes));
}

/* (state, value, by, by_one_of, missing, waiting, reason, document, audit, possible) */
static PyObject *outcome_of(const kl_py_words *w, const kl_py_names *n, const kl_verdict *v, uint32_t i) {
    const kl_verdict_outcome *o = &v->outcomes[i];
    const kl_outcome_info *info = &v->teller->outcomes[i];
    kl_state state = o->result.state;
    bool waits = state == KL_UNDETERMINED, listed = info->many && (state == KL_DECIDED || waits);
    PyObject *value = listed                ? entries_of(w, n, v, i, o->in, o->in_count)
                      : state == KL_DECIDED ? value_of(w, n, info->kind, info->scale, info->set, &o->result)
                                            : Py_NewRef(Py_None);
    return tuple(10, (PyObject *[]){Py_NewRef(w->states[state]), value, chosen(n->entries, o->by, o->by_count),
                                    chosen(n->entries, o->maybe, o->maybe_count),
                                    bits_tuple(n->fields, waits ? o->missing : NULL, v->teller->info.fields),
                                    waits ? waiting_of(n, v->teller, o) : PyTuple_New(0),
                                    Py_NewRef(state == KL_NO_RESULT ? w->reasons[o->result.reason] : Py_None),
                                    state == KL_EXTERNAL ? kl_py_text(o->result.text) : Py_NewRef(Py_None),
                                    Py_NewRef(o->audit == KL_AUDIT_NONE ? Py_None : w->audits[o->audit]),
                                    entries_of(w, n, v, i, o->open, info->many ? o->open_count : 0)});
}

static PyObject *outcomes_of(const kl_py_words *w, const kl_py_names *n, const kl_verdict *v) {
    PyObject *t = PyTuple_New((Py_ssize_t)v->teller->info.outcomes);
    for (uint32_t i = 0; t && i < v->teller->info.outcomes; i++) {
        PyObject *one = outcome_of(w, n, v, i);
        if (!one || PyTuple_SetItem(t, (Py_ssize_t)i, one)) Py_CLEAR(t);
    }
    return t;
}

static PyObject *findings_of(const kl_py_names *n, const kl_verdict *v) {
    PyObject *list = PyList_New(0);
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < v->finding_count; i++)
        ok = PyList_Append(list, PyTuple_GetItem(n->entries, (Py_ssize_t)v->findings[i])) == 0;
    for (uint32_t i = 0; ok && v->failed_audit && i < v->teller->info.outcomes; i++)
        if (v->outcomes[i].audit == KL_AUDIT_DIFFERS)
            ok = PyList_Append(list, PyTuple_GetItem(n->outcomes, (Py_ssize_t)i)) == 0;
    return tuple_of(list, ok);
}

static PyObject *open_of(const kl_py_names *n, const kl_verdict *v) {
    PyObject *list = PyList_New(0);
    return tuple_of(list, list && add_bits(list, n->assumptions, v->open_assumptions, v->teller->info.assumptions) &&
                              add_bits(list, n->entries, v->open_entries, v->teller->info.entries));
}

static PyObject *trace_of(const kl_py_words *w, const kl_py_names *n, const kl_verdict *v) {
    PyObject *trace = PyDict_New();
    for (uint32_t i = 0; trace && i < v->teller->info.entries; i++) {
        if (!v->teller->entries[i].traced) continue;
        kl_truth truth = kl_truth_of(v->workspace, i, v->row);
        if (PyDict_SetItem(trace, PyTuple_GetItem(n->entries, (Py_ssize_t)i), w->truths[truth])) Py_CLEAR(trace);
    }
    return trace;
}

/* (key, row, guideline, edition, names of outcomes, outcomes, findings, warnings, missing, open, blocked_by, assumptions, trace) */
PyObject *kl_py_decision(const kl_py_words *w, const kl_py_names *n, const kl_verdict *v, uint64_t row, bool trace) {
    const kl_guideline_info *g = &v->teller->info;
    return tuple(13,
                 (PyObject *[]){v->key.data ? kl_py_text(v->key) : Py_NewRef(Py_None), PyLong_FromUnsignedLongLong(row),
                                Py_NewRef(n->name), Py_NewRef(n->edition), Py_NewRef(n->outcomes), outcomes_of(w, n, v),
                                findings_of(n, v), chosen(n->entries, v->warnings, v->warning_count),
                                bits_tuple(n->fields, v->missing, g->fields), open_of(n, v),
                                chosen(n->entries, v->blocked, v->blocked_count),
                                bits_tuple(n->assumptions, v->assumptions, g->assumptions),
                                trace ? trace_of(w, n, v) : Py_NewRef(Py_None)});
}

PyObject *kl_py_refusals(const kl_refusals *r) {
    PyObject *list = PyList_New(0);
    for (size_t i = 0; list && i < r->count; i++) {
        const kl_refusal *one = &r->list[i];
        const char *text = r->texts.data ? r->texts.data : "";
        kl_string key = {text + one->key, one->column - one->key},
                  column = {text + one->column, one->value - one->column},
                  value = {text + one->value, one->end - one->value};
        PyObject *t =
            tuple(6, (PyObject *[]){PyLong_FromUnsignedLongLong(one->row), text_or_none(key), kl_py_text(column),
                                    kl_py_text(value), PyUnicode_FromString(kl_reject_code(one->reason)),
                                    PyUnicode_FromString(kl_reject_words(one->reason))});
        if (!t || PyList_Append(list, t)) Py_CLEAR(list);
        Py_XDECREF(t);
    }
    return list;
}

/* ------------------------------------------------------------------ descriptions */
static bool put(PyObject *dict, const char *name, PyObject *value) { /* takes the value over */
    bool ok = dict && value && PyDict_SetItemString(dict, name, value) == 0;
    Py_XDECREF(value);
    return ok;
}

static PyObject *day_of(const kl_py_words *w, int32_t day) {
    if (day == INT32_MIN || day == INT32_MAX) return Py_NewRef(Py_None);
    return PyObject_CallMethod(w->date, "fromordinal", "i", day + 719163);
}

static PyObject *kind_of(kl_kind kind) {
    static const char *const words[] = {"",      "bool", "values",  "set",  "integer", "decimal",
                                        "money", "date", "minutes", "days", "text"};
    return PyUnicode_FromString(words[kind]);
}

static PyObject *values_of(const kl_ruleset_edition *e, uint32_t set) {
    PyObject *dict = PyDict_New();
    kl_set_info info;
    if (set == KL_INDEX_NONE) return dict;
    kl_set_of(e->program, set, &info);
    for (uint32_t i = 0; dict && i < info.values; i++) {
        kl_value_info value;
        kl_value_of(e->program, set, i, &value);
        PyObject *codes = PyTuple_New((Py_ssize_t)value.codes), *name = kl_py_text(value.name);
        for (uint32_t k = 0; codes && k < value.codes; k++)
            PyTuple_SetItem(codes, (Py_ssize_t)k, kl_py_text(kl_value_code(e->program, set, i, k)));
        if (!codes || !name || PyDict_SetItem(dict, name, codes)) Py_CLEAR(dict);
        Py_XDECREF(codes);
        Py_XDECREF(name);
    }
    return dict;
}

static PyObject *field_of(const kl_ruleset_edition *e, uint32_t i) {
    const kl_field_info *f = &e->teller->fields[i];
    PyObject *dict = PyDict_New(), *inputs = PyTuple_New((Py_ssize_t)f->inputs);
    for (uint32_t k = 0; inputs && k < f->inputs; k++)
        PyTuple_SetItem(inputs, (Py_ssize_t)k, kl_py_text(kl_field_input(e->program, i, k)));
    bool ok = put(dict, "name", kl_py_text(f->name)) && put(dict, "title", kl_py_text(f->title)) &&
              put(dict, "kind", kind_of(f->kind)) && put(dict, "decimals", PyLong_FromLong((long)f->scale)) &&
              put(dict, "values", values_of(e, f->set)) && put(dict, "required", PyBool_FromLong(f->required)) &&
              put(dict, "key", PyBool_FromLong(f->key)) && put(dict, "attested", PyBool_FromLong(f->attested));
    if (!put(dict, "inputs", inputs) || !ok) Py_CLEAR(dict);
    return dict;
}

static PyObject *outcome_info(const kl_ruleset_edition *e, uint32_t i) {
    const kl_outcome_info *o = &e->teller->outcomes[i];
    PyObject *dict = PyDict_New(), *columns = PyTuple_New((Py_ssize_t)o->columns);
    for (uint32_t k = 0; columns && k < o->columns; k++) {
        kl_column_info c;
        kl_outcome_column(e->program, i, k, &c);
        PyTuple_SetItem(columns, (Py_ssize_t)k, kl_py_text(c.name));
    }
    bool ok = put(dict, "name", kl_py_text(o->name)) && put(dict, "title", kl_py_text(o->title)) &&
              put(dict, "kind", kind_of(o->kind)) && put(dict, "decimals", PyLong_FromLong((long)o->scale)) &&
              put(dict, "values", values_of(e, o->set)) && put(dict, "many", PyBool_FromLong(o->many));
    if (!put(dict, "columns", columns) || !ok) Py_CLEAR(dict);
    return dict;
}

static PyObject *entry_info(const kl_ruleset_edition *e, const kl_py_words *w, uint32_t i) {
    const kl_entry_info *n = &e->teller->entries[i];
    PyObject *dict = PyDict_New();
    bool has_parent = n->parent != KL_INDEX_NONE;
    bool ok = put(dict, "id", kl_py_text(n->id)) && put(dict, "kind", PyUnicode_FromString(kl_entry_word(n->kind))) &&
              put(dict, "label", text_or_none(n->label)) && put(dict, "title", text_or_none(n->title)) &&
              put(dict, "citation", text_or_none(n->citation)) && put(dict, "open", text_or_none(n->open)) &&
              put(dict, "because", text_or_none(n->because)) && put(dict, "valid_from", day_of(w, n->from)) &&
              put(dict, "valid_through", day_of(w, n->through)) &&
              put(dict, "parent", has_parent ? kl_py_text(e->teller->entries[n->parent].id) : Py_NewRef(Py_None));
    if (!ok) Py_CLEAR(dict);
    return dict;
}

static PyObject *assumption_info(const kl_ruleset_edition *e, uint32_t i) {
    const kl_assumption_info *a = &e->teller->assumptions[i];
    PyObject *dict = PyDict_New();
    bool ok = put(dict, "name", kl_py_text(a->name)) && put(dict, "title", text_or_none(a->title)) &&
              put(dict, "citation", text_or_none(a->citation)) && put(dict, "kind", kind_of(a->kind)) &&
              put(dict, "decimals", PyLong_FromLong((long)a->scale)) &&
              put(dict, "has_value", PyBool_FromLong(a->has_value));
    if (!ok) Py_CLEAR(dict);
    return dict;
}

typedef PyObject *(*describer)(const kl_ruleset_edition *e, const kl_py_words *w, uint32_t i);
static PyObject *a_field(const kl_ruleset_edition *e, const kl_py_words *w, uint32_t i) {
    (void)w;
    return field_of(e, i);
}
static PyObject *an_outcome(const kl_ruleset_edition *e, const kl_py_words *w, uint32_t i) {
    (void)w;
    return outcome_info(e, i);
}
static PyObject *an_assumption(const kl_ruleset_edition *e, const kl_py_words *w, uint32_t i) {
    (void)w;
    return assumption_info(e, i);
}

static PyObject *all_of(const kl_ruleset_edition *e, const kl_py_words *w, describer describe, uint32_t count) {
    PyObject *t = PyTuple_New((Py_ssize_t)count);
    for (uint32_t i = 0; t && i < count; i++) {
        PyObject *one = describe(e, w, i);
        if (!one || PyTuple_SetItem(t, (Py_ssize_t)i, one)) Py_CLEAR(t);
    }
    return t;
}

PyObject *kl_py_describe(const kl_ruleset_edition *e, const kl_py_words *w) {
    const kl_guideline_info *g = &e->info;
    PyObject *dict = PyDict_New();
    bool ok = put(dict, "name", kl_py_text(g->name)) && put(dict, "title", kl_py_text(g->title)) &&
              put(dict, "issuer", text_or_none(g->issuer)) && put(dict, "document", text_or_none(g->document)) &&
              put(dict, "currency", text_or_none(g->currency)) && put(dict, "edition", text_or_none(g->edition)) &&
              put(dict, "record", text_or_none(g->record)) && put(dict, "valid_from", day_of(w, g->from)) &&
              put(dict, "valid_through", day_of(w, g->through)) &&
              put(dict, "hash", PyBytes_FromStringAndSize((const char *)g->source_hash, 32)) &&
              put(dict, "fields", all_of(e, w, a_field, g->fields)) &&
              put(dict, "outcomes", all_of(e, w, an_outcome, g->outcomes)) &&
              put(dict, "entries", all_of(e, w, entry_info, g->entries)) &&
              put(dict, "assumptions", all_of(e, w, an_assumption, g->assumptions));
    if (!ok) Py_CLEAR(dict);
    return dict;
}
