/* objects.h - what the binding's files that speak Python share. They hold the interpreter's lock unless they say otherwise.
 * May include: Python's limited C interface, binding.h.
 * Start at kl_py_names: a guideline's names and ids, made once into Python strings. */
#ifndef KL_BINDINGS_PYTHON_OBJECTS_H
#define KL_BINDINGS_PYTHON_OBJECTS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "runtime/bindings/python/binding.h"

typedef struct kl_py_names { /* of one edition; tuples of str, but for `sets`: a tuple of those */
    PyObject *fields, *outcomes, *entries, *assumptions, *sets, *name, *edition;
} kl_py_names;

typedef struct kl_py_words { /* what is looked up once, when the module is loaded */
    PyObject *states[7], *reasons[3], *truths[4], *audits[5];
    PyObject *decimal, *date; /* decimal.Decimal, datetime.date */
} kl_py_words;

/* ---- objects.c: what the library tells, as Python objects; NULL with an exception set */
PyObject *kl_py_text(kl_string s);
bool kl_py_words_init(kl_py_words *w);
bool kl_py_names_init(kl_py_names *n, const kl_ruleset_edition *e);
void kl_py_names_free(kl_py_names *n);
PyObject *kl_py_describe(const kl_ruleset_edition *e, const kl_py_words *w); /* a dict */
PyObject *kl_py_decision(const kl_py_words *w, const kl_py_names *n, const kl_verdict *v, uint64_t row, bool trace);
PyObject *kl_py_refusals(const kl_refusals *r); /* a list of (row, key, column, value, code, reason) */

/* ---- records.c: dicts into a desk. false with an exception set: only when Python itself is in trouble */
bool kl_py_fill(kl_desk *d, PyObject *const *records, uint32_t rows);

#endif
