/* records.c - dicts into a desk: names as the input has them, values of Python's own types, of numpy's and of pandas'.
 * May include: Python's limited C interface, the C library.
 * Start at kl_py_fill(). A dict inside a dict is read by names with a dot between, as in NDJSON. */
#include "runtime/bindings/python/objects.h"

#include <string.h>

enum { DEPTH_MOST = 16 };

typedef struct walk {
    kl_desk *desk;
    uint32_t row, order;
} walk;

/* A str's bytes stay as long as it does; others are put in the pool. */
static bool text_of(kl_desk *d, PyObject *text, bool stays, kl_given *out) {
    Py_ssize_t size;
    const char *data = PyUnicode_AsUTF8AndSize(text, &size);
    if (!data) { /* half of a surrogate pair */
        PyErr_Clear();
        *out = (kl_given){.kind = KL_GIVEN_BROKEN};
        return true;
    }
    if (!stays) {
        char *copy = kl_pool_take(&d->pool, size ? (size_t)size : 1);
        if (!copy) return PyErr_NoMemory(), false;
        memcpy(copy, data, (size_t)size);
        data = copy;
    }
    *out = (kl_given){.kind = KL_GIVEN_TEXT, .text = {data, (size_t)size}};
    return true;
}

static bool as_string(kl_desk *d, PyObject *value, kl_given *out) {
    PyObject *text = PyObject_Str(value);
    *out = (kl_given){.kind = KL_GIVEN_SHAPE};
    if (!text) {
        PyErr_Clear();
        return true;
    }
    bool ok = text_of(d, text, false, out);
    Py_DecRef(text);
    return ok;
}

static bool is_named(PyObject *value, const char *name) {
    PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(value), "__name__");
    bool same = type && PyUnicode_CompareWithASCIIString(type, name) == 0;
    Py_XDECREF(type);
    PyErr_Clear();
    return same;
}

static bool whole_number(PyObject *attribute_of, const char *name, long long *out) {
    PyObject *n = PyObject_GetAttrString(attribute_of, name);
    *out = n ? PyLong_AsLongLong(n) : 0;
    Py_XDECREF(n);
    bool ok = !PyErr_Occurred();
    PyErr_Clear();
    return ok;
}

/* A date, or a datetime at midnight that says nothing of a time zone. false: it is none. */
static bool day_of(PyObject *value, kl_given *out) {
    PyObject *day = PyObject_CallMethod(value, "toordinal", NULL);
    long long ordinal = day && PyLong_Check(day) ? PyLong_AsLongLong(day) : -1, part = 0, sum = 0;
    Py_XDECREF(day);
    PyErr_Clear();
    if (ordinal < 1) return false;
    static const char *const parts[] = {"hour", "minute", "second", "microsecond", "nanosecond"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (whole_number(value, parts[i], &part)) sum += part;
    PyObject *zone = PyObject_GetAttrString(value, "tzinfo");
    PyErr_Clear();
    if (zone && zone != Py_None) sum++;
    Py_XDECREF(zone);
    *out = (kl_given){.kind = sum ? KL_GIVEN_MOMENT : KL_GIVEN_DAY, .number = ordinal - 719163};
    return true;
}

/* Decimal: its digits, without noughts at the end of decimals. */
static bool decimal_of(kl_desk *d, PyObject *value, kl_given *out) {
    PyObject *form = PyUnicode_FromString("f"), *text = form ? PyObject_Format(value, form) : NULL;
    bool ok = text && text_of(d, text, false, out);
    Py_XDECREF(form);
    Py_XDECREF(text);
    if (!ok) return false;
    if (out->kind == KL_GIVEN_TEXT && memchr(out->text.data, '.', out->text.size)) {
        while (out->text.data[out->text.size - 1] == '0') out->text.size--;
        if (out->text.data[out->text.size - 1] == '.') out->text.size--;
    }
    return true;
}

static bool integer_of(kl_desk *d, PyObject *value, kl_given *out) {
    int overflow;
    long long n = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow || n > 1000000000000000000 || n < -1000000000000000000) return as_string(d, value, out);
    *out = (kl_given){.kind = KL_GIVEN_NUMBER, .number = n};
    return !PyErr_Occurred();
}

static bool other_value(kl_desk *d, PyObject *value, kl_given *out) {
    *out = (kl_given){.kind = KL_GIVEN_NONE};
    if (is_named(value, "NAType") || is_named(value, "NaTType")) return true; /* pandas: nothing known */
    if (is_named(value, "Decimal")) return decimal_of(d, value, out);
    if (PyObject_HasAttrString(value, "toordinal") && day_of(value, out)) return true;
    if (PyIndex_Check(value) && !is_named(value, "bool_") && !is_named(value, "bool")) {
        PyObject *n = PyNumber_Index(value);
        bool ok = n && integer_of(d, n, out);
        Py_XDECREF(n);
        return ok;
    }
    if (PyBytes_Check(value) || PyByteArray_Check(value)) {
        out->kind = KL_GIVEN_SHAPE;
        return true;
    }
    if (is_named(value, "float32") || is_named(value, "float16")) {
        double real = PyFloat_AsDouble(value);
        *out = (kl_given){.kind = KL_GIVEN_FLOAT, .real = real};
        return !PyErr_Occurred();
    }
    return as_string(d, value, out);
}

static bool value_of(kl_desk *d, PyObject *value, kl_given *out) {
    *out = (kl_given){.kind = KL_GIVEN_NONE};
    if (value == Py_None) return true;
    if (PyUnicode_Check(value)) return text_of(d, value, true, out);
    if (value == Py_True || value == Py_False) {
        *out = (kl_given){.kind = KL_GIVEN_BOOL, .number = value == Py_True};
        return true;
    }
    if (PyLong_Check(value)) return integer_of(d, value, out);
    if (PyFloat_Check(value)) {
        *out = (kl_given){.kind = KL_GIVEN_DOUBLE, .real = PyFloat_AsDouble(value)};
        return true;
    }
    return other_value(d, value, out);
}

/* ------------------------------------------------------------------ fields */
static bool is_many(PyObject *value) {
    return PyList_Check(value) || PyTuple_Check(value) || PyAnySet_Check(value) || is_named(value, "ndarray");
}

static bool put_many(const kl_spot *to, kl_desk *d, PyObject *value) {
    kl_given item = {.kind = KL_GIVEN_SHAPE};
    uint64_t mask = 0;
    if (to->in->schema->fields[to->field].kind != KL_SET) {
        kl_given_put(to, &item);
        return true;
    }
    PyObject *each = PyObject_GetIter(value), *one;
    if (!each) return false;
    bool fits = true;
    while (fits && (one = PyIter_Next(each)) != NULL) {
        /* what an iterator gives may be gone when it goes on: its text is copied */
        bool ok = is_many(one) || PyDict_Check(one) ? (item = (kl_given){.kind = KL_GIVEN_SHAPE}, true)
                  : PyUnicode_Check(one)            ? text_of(d, one, false, &item)
                                                    : value_of(d, one, &item);
        Py_DecRef(one);
        if (!ok) break;
        fits = kl_given_code(to, &item, &mask);
    }
    Py_DecRef(each);
    if (PyErr_Occurred()) return false;
    if (fits) kl_intake_put_set(to->in, to->row, to->field, mask, to->order, to->column);
    return true;
}

static bool put_value(walk *w, kl_string name, PyObject *value) {
    kl_desk *d = w->desk;
    kl_given given = {.kind = KL_GIVEN_SHAPE};
    bool many = is_many(value), nested = PyDict_Check(value), read = false;
    w->order++;
    for (size_t e = 0; e < d->rules->count; e++) {
        const kl_schema *s = d->rules->editions[e].schema;
        for (uint32_t f = kl_schema_find(s, name, KL_INDEX_NONE); f != KL_INDEX_NONE; f = kl_schema_find(s, name, f)) {
            kl_spot to = {d->intakes[e], w->row, f, w->order, name};
            if (many) {
                if (!put_many(&to, d, value)) return false;
                continue;
            }
            if (!read && !nested && !value_of(d, value, &given)) return false;
            read = true;
            kl_given_put(&to, &given);
            if (e + 1 < d->rules->count || f != s->key || d->keys[w->row].data) continue;
            kl_string key = kl_given_text(&d->pool, &given);
            if (key.size) d->keys[w->row] = key;
        }
    }
    return true;
}

static bool put_record(walk *w, kl_string prefix, PyObject *record, unsigned depth) {
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(record, &at, &name, &value)) {
        kl_given given;
        if (!PyUnicode_Check(name)) continue; /* no field reads it */
        if (!text_of(w->desk, name, true, &given)) return false;
        if (given.kind != KL_GIVEN_TEXT) continue;
        kl_string full = kl_trim(given.text);
        if (prefix.size) {
            char *joined = kl_pool_take(&w->desk->pool, prefix.size + full.size + 1);
            if (!joined) return PyErr_NoMemory(), false;
            memcpy(joined, prefix.data, prefix.size);
            joined[prefix.size] = '.';
            memcpy(joined + prefix.size + 1, full.data, full.size);
            full = (kl_string){joined, prefix.size + full.size + 1};
        }
        full = kl_composed(&w->desk->pool, full);
        if (!put_value(w, full, value)) return false;
        if (PyDict_Check(value) && depth < DEPTH_MOST && !put_record(w, full, value, depth + 1)) return false;
    }
    return true;
}

bool kl_py_fill(kl_desk *d, PyObject *const *records, uint32_t rows) {
    kl_desk_start(d, rows);
    for (uint32_t i = 0; i < rows; i++) {
        walk w = {d, i, 0};
        if (!put_record(&w, (kl_string){"", 0}, records[i], 0)) return false;
    }
    return true;
}
