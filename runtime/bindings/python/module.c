/* module.c - klausul._core: rules, and runs over Arrow streams, as Python types; what a caller sees is made of them by klausul/__init__.py.
 * May include: Python's limited C interface, the binding's own files.
 * Start at the tables of methods. The interpreter's lock is given up while records are decided; a desk is lent to one call at a time. */
#include "runtime/bindings/python/objects.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/bindings/python/arrow.h"

enum { DESKS_KEPT = 8 };

static kl_py_words words;
static PyObject *rules_error, *run_type;

typedef struct rules_object {
    PyObject ob_base;
    kl_ruleset *rules;
    kl_py_names *names; /* per edition */
    kl_desk *desks[DESKS_KEPT];
    size_t desk_count;
} rules_object;

typedef struct run_object {
    PyObject ob_base;
    kl_arrow_run *run;
    bool taken;
} run_object;

static bool view_of(PyObject *text, kl_string *out) {
    Py_ssize_t size;
    char *bytes;
    if (PyBytes_Check(text)) {
        if (PyBytes_AsStringAndSize(text, &bytes, &size)) return false;
        out->data = bytes;
    } else {
        out->data = PyUnicode_AsUTF8AndSize(text, &size);
    }
    out->size = (size_t)size;
    return out->data != NULL;
}

/* ------------------------------------------------------------------ compile(sources, include, swedish) */
static bool views_of(PyObject *list, kl_string *out) {
    Py_ssize_t n = PyList_Size(list);
    for (Py_ssize_t i = 0; i < n; i++)
        if (!view_of(PyList_GetItem(list, i), &out[i])) return false;
    return true;
}

static bool sources_of(PyObject *list, kl_py_source *out) {
    Py_ssize_t n = PyList_Size(list);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *path, *text;
        if (!PyArg_ParseTuple(PyList_GetItem(list, i), "OO", &path, &text)) return false;
        if (!view_of(path, &out[i].path) || (text != Py_None && !view_of(text, &out[i].text))) return false;
    }
    return true;
}

static PyObject *compile_rules(PyObject *self, PyObject *args) {
    PyObject *sources, *include, *images = NULL;
    int swedish;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!O!p", &PyList_Type, &sources, &PyList_Type, &include, &swedish)) return NULL;
    size_t count = (size_t)PyList_Size(sources), includes = (size_t)PyList_Size(include);
    kl_py_source *all = calloc(count + 1, sizeof *all);
    kl_string *folders = calloc(includes + 1, sizeof *folders);
    kl_py_compiled made = {0};
    if (!all || !folders) {
        PyErr_NoMemory();
    } else if (sources_of(sources, all) && views_of(include, folders)) {
        kl_py_compile(all, count, folders, includes, swedish, &made);
        if (made.trouble)
            PyErr_SetString(rules_error, made.trouble);
        else
            images = PyList_New(0);
    }
    for (size_t i = 0; images && i < made.count; i++) {
        PyObject *image = PyBytes_FromStringAndSize(made.images[i].data, (Py_ssize_t)made.images[i].size);
        if (!image || PyList_Append(images, image)) Py_CLEAR(images);
        Py_XDECREF(image);
    }
    kl_py_compiled_free(&made);
    free(all);
    free(folders);
    return images;
}

/* ------------------------------------------------------------------ Rules(images, assume) */
static PyObject *trouble(kl_ruleset_trouble t, const kl_fault *fault, PyObject *what) {
    if (t == KL_RULESET_MEMORY) return PyErr_NoMemory();
    if (t == KL_RULESET_IMAGE)
        PyErr_Format(rules_error, "the image is unsound at byte %zu: %s", fault->offset, fault->reason);
    else if (t == KL_RULESET_MIXED)
        PyErr_SetString(rules_error, "the editions are of different guidelines");
    else if (t == KL_RULESET_NAME)
        PyErr_Format(rules_error, "there is no assumption %R", what);
    else
        PyErr_Format(rules_error, "the assumption %R does not take that value", what);
    return NULL;
}

static bool assume_all(kl_ruleset *rules, PyObject *assume) {
    PyObject *name, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(assume, &at, &name, &value)) {
        kl_string n, v = {"", 0};
        if (!view_of(name, &n) || (value != Py_None && !view_of(value, &v))) return false;
        kl_ruleset_trouble t = kl_ruleset_assume(rules, n, value != Py_None, v);
        if (t) return trouble(t, NULL, name), false;
    }
    return true;
}

static bool rules_fill(rules_object *self, PyObject *images, PyObject *assume) {
    size_t count = (size_t)PyList_Size(images), at = 0;
    kl_string *views = calloc(count + 1, sizeof *views);
    if (!views) return PyErr_NoMemory(), false;
    kl_fault fault = {0};
    bool ok = views_of(images, views);
    if (ok) {
        kl_ruleset_trouble t = kl_ruleset_new(views, count, &self->rules, &fault, &at);
        ok = !t || (trouble(t, &fault, NULL), false);
    }
    free(views);
    if (!ok || !assume_all(self->rules, assume)) return false;
    self->names = calloc(count + 1, sizeof *self->names);
    if (!self->names) return PyErr_NoMemory(), false;
    for (size_t e = 0; e < count; e++)
        if (!kl_py_names_init(&self->names[e], &self->rules->editions[e])) return false;
    return true;
}

static PyObject *rules_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *images, *assume;
    (void)named;
    if (!PyArg_ParseTuple(args, "O!O!", &PyList_Type, &images, &PyDict_Type, &assume)) return NULL;
    if (!PyList_Size(images)) return PyErr_SetString(rules_error, "there is no guideline"), NULL;
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    rules_object *self = (rules_object *)alloc(type, 0);
    if (self && !rules_fill(self, images, assume)) {
        Py_DecRef((PyObject *)self);
        return NULL;
    }
    return (PyObject *)self;
}

static void free_object(PyObject *object) {
    PyTypeObject *type = Py_TYPE(object);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DecRef((PyObject *)type);
}

static void rules_dealloc(PyObject *object) {
    rules_object *self = (rules_object *)object;
    for (size_t i = 0; i < self->desk_count; i++) kl_desk_free(self->desks[i]);
    for (size_t e = 0; self->names && e < self->rules->count; e++) kl_py_names_free(&self->names[e]);
    free(self->names);
    kl_ruleset_drop(self->rules);
    free_object(object);
}

static PyObject *rules_describe(PyObject *object, PyObject *none) {
    rules_object *self = (rules_object *)object;
    PyObject *t = PyTuple_New((Py_ssize_t)self->rules->count);
    (void)none;
    for (size_t e = 0; t && e < self->rules->count; e++) {
        PyObject *one = kl_py_describe(&self->rules->editions[e], &words);
        if (!one || PyTuple_SetItem(t, (Py_ssize_t)e, one)) Py_CLEAR(t);
    }
    return t;
}

static PyObject *rules_images(PyObject *object, PyObject *none) {
    rules_object *self = (rules_object *)object;
    PyObject *list = PyList_New(0);
    (void)none;
    for (size_t e = 0; list && e < self->rules->count; e++) {
        const kl_ruleset_edition *edition = &self->rules->editions[e];
        PyObject *image = PyBytes_FromStringAndSize(edition->image, (Py_ssize_t)edition->image_size);
        if (!image || PyList_Append(list, image)) Py_CLEAR(list);
        Py_XDECREF(image);
    }
    return list;
}

/* ------------------------------------------------------------------ decide(records, first, trace) */
static kl_desk *borrow(rules_object *self) {
    if (self->desk_count) return self->desks[--self->desk_count];
    kl_desk *d = kl_desk_new(self->rules);
    if (!d) PyErr_NoMemory();
    return d;
}

static void give_back(rules_object *self, kl_desk *d) {
    if (self->desk_count < DESKS_KEPT && !d->failed)
        self->desks[self->desk_count++] = d;
    else
        kl_desk_free(d);
}

static PyObject *decisions_of(rules_object *self, kl_desk *d, uint64_t first, bool trace) {
    PyObject *list = PyList_New(0);
    for (uint32_t i = 0; list && i < d->rows; i++) {
        PyObject *one;
        if (kl_desk_refused(d, i))
            one = Py_NewRef(Py_None);
        else
            one = kl_py_decision(&words, &self->names[d->edition_of[i]], kl_desk_verdict(d, i), first + i, trace);
        if (!one || PyList_Append(list, one)) Py_CLEAR(list);
        Py_XDECREF(one);
    }
    if (list && d->failed) {
        Py_CLEAR(list);
        PyErr_NoMemory();
    }
    return list;
}

static PyObject *decide_at(rules_object *self, kl_desk *d, PyObject *const *records, uint32_t rows, uint64_t first,
                           bool trace) {
    PyObject *decisions = NULL, *refused = NULL;
    kl_refusals refusals = {0};
    bool ok = false;
    if (!kl_py_fill(d, records, rows)) {
        d->failed = true;
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS;
    ok = kl_desk_decide(d, trace, first, &refusals);
    Py_END_ALLOW_THREADS;
    if (!ok) PyErr_NoMemory();
    if (ok) decisions = decisions_of(self, d, first, trace);
    if (decisions) refused = kl_py_refusals(&refusals);
    kl_refusals_free(&refusals);
    PyObject *both = refused ? PyTuple_Pack(2, decisions, refused) : NULL;
    Py_XDECREF(decisions);
    Py_XDECREF(refused);
    return both;
}

static PyObject *rules_decide(PyObject *object, PyObject *args) {
    rules_object *self = (rules_object *)object;
    PyObject *list, **records, *both = NULL;
    unsigned long long first;
    int trace;
    if (!PyArg_ParseTuple(args, "O!Kp", &PyList_Type, &list, &first, &trace)) return NULL;
    Py_ssize_t n = PyList_Size(list), held = 0;
    if (n > (Py_ssize_t)KL_ROWS_MAX) return PyErr_SetString(PyExc_ValueError, "too many records for one batch"), NULL;
    records = calloc((size_t)n + 1, sizeof *records);
    if (!records) return PyErr_NoMemory();
    for (; held < n; held++) { /* the list may change while others run */
        PyObject *one = PyList_GetItem(list, held);
        if (!PyDict_Check(one)) {
            PyErr_SetString(PyExc_TypeError, "a record is a dict");
            break;
        }
        records[held] = PyDict_Copy(one);
        if (!records[held]) break;
    }
    kl_desk *d = held == n ? borrow(self) : NULL;
    if (d) {
        both = decide_at(self, d, records, (uint32_t)n, first, trace);
        give_back(self, d);
    }
    while (held) Py_DecRef(records[--held]);
    free(records);
    return both;
}

/* ------------------------------------------------------------------ arrow(stream) and arrow_batch(schema, array) */
static PyObject *run_of(kl_arrow_run *run, const char *why) {
    if (!run) {
        PyErr_SetString(PyExc_ValueError, why);
        return NULL;
    }
    allocfunc alloc = (allocfunc)PyType_GetSlot((PyTypeObject *)run_type, Py_tp_alloc);
    run_object *self = (run_object *)alloc((PyTypeObject *)run_type, 0);
    if (self)
        self->run = run;
    else
        kl_arrow_drop(run);
    return (PyObject *)self;
}

static PyObject *rules_arrow(PyObject *object, PyObject *capsule) {
    rules_object *self = (rules_object *)object;
    char why[256] = "";
    struct ArrowArrayStream *input = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    if (!input) return NULL;
    if (!input->release) return PyErr_SetString(PyExc_ValueError, "the stream was read already"), NULL;
    return run_of(kl_arrow_open(self->rules, input, why, sizeof why), why);
}

static PyObject *rules_arrow_batch(PyObject *object, PyObject *args) {
    rules_object *self = (rules_object *)object;
    PyObject *one, *other;
    char why[256] = "";
    if (!PyArg_ParseTuple(args, "OO", &one, &other)) return NULL;
    struct ArrowSchema *schema = PyCapsule_GetPointer(one, "arrow_schema");
    struct ArrowArray *array = schema ? PyCapsule_GetPointer(other, "arrow_array") : NULL;
    if (!array) return NULL;
    if (!schema->release || !array->release)
        return PyErr_SetString(PyExc_ValueError, "the batch was taken already"), NULL;
    return run_of(kl_arrow_open_batch(self->rules, schema, array, why, sizeof why), why);
}

static void run_dealloc(PyObject *object) {
    kl_arrow_drop(((run_object *)object)->run);
    free_object(object);
}

static void release_capsule(PyObject *capsule) {
    struct ArrowArrayStream *stream = PyCapsule_GetPointer(capsule, "arrow_array_stream");
    if (!stream) {
        PyErr_Clear();
        return;
    }
    if (stream->release) stream->release(stream);
    free(stream);
}

static PyObject *run_stream(PyObject *object, PyObject *none) {
    run_object *self = (run_object *)object;
    (void)none;
    if (self->taken) return PyErr_SetString(PyExc_ValueError, "the decisions were read already"), NULL;
    struct ArrowArrayStream *stream = calloc(1, sizeof *stream);
    if (!stream) return PyErr_NoMemory();
    kl_arrow_export(self->run, stream);
    PyObject *capsule = PyCapsule_New(stream, "arrow_array_stream", release_capsule);
    if (capsule) {
        self->taken = true;
        return capsule;
    }
    stream->release(stream);
    free(stream);
    return NULL;
}

static PyObject *run_rejects(PyObject *object, PyObject *none) {
    kl_arrow_run *run = ((run_object *)object)->run;
    (void)none;
    Py_BEGIN_ALLOW_THREADS; /* who holds it may wait for the interpreter's lock no longer than it decides */
    pthread_mutex_lock(&run->lock);
    Py_END_ALLOW_THREADS;
    PyObject *list = kl_py_refusals(&run->refusals);
    pthread_mutex_unlock(&run->lock);
    return list;
}

/* (columns of groups of records that were used where they lay, and that were read); once the stream is at its end */
static PyObject *run_used(PyObject *object, PyObject *none) {
    unsigned long long counts[2];
    uint64_t lying, read;
    (void)none;
    kl_arrow_in_used(((run_object *)object)->run->in, &lying, &read);
    counts[0] = lying;
    counts[1] = read;
    return Py_BuildValue("KK", counts[0], counts[1]);
}

/* ------------------------------------------------------------------ tables */
static PyMethodDef rules_methods[] = {
    {"describe", rules_describe, METH_NOARGS, NULL},        {"images", rules_images, METH_NOARGS, NULL},
    {"decide", rules_decide, METH_VARARGS, NULL},           {"arrow", rules_arrow, METH_O, NULL},
    {"arrow_batch", rules_arrow_batch, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyMethodDef run_methods[] = {{"stream", run_stream, METH_NOARGS, NULL},
                                    {"rejects", run_rejects, METH_NOARGS, NULL},
                                    {"used", run_used, METH_NOARGS, NULL},
                                    {NULL, NULL, 0, NULL}};
static PyMethodDef functions[] = {{"compile", compile_rules, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic" /* functions as void *, as Python's tables want them */
#endif
static PyType_Slot rules_slots[] = {{Py_tp_new, (void *)rules_new},
                                    {Py_tp_dealloc, (void *)rules_dealloc},
                                    {Py_tp_methods, rules_methods},
                                    {Py_tp_doc, (void *)"Verified images, ready to decide."},
                                    {0, NULL}};
static PyType_Slot run_slots[] = {{Py_tp_dealloc, (void *)run_dealloc},
                                  {Py_tp_methods, run_methods},
                                  {Py_tp_doc, (void *)"One run over an Arrow stream."},
                                  {0, NULL}};
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
static PyType_Spec rules_spec = {"klausul._core.Rules", sizeof(rules_object), 0, Py_TPFLAGS_DEFAULT, rules_slots};
static PyType_Spec run_spec = {"klausul._core.Run", sizeof(run_object), 0,
                               Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, run_slots};
static struct PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT,
                                        .m_name = "klausul._core",
                                        .m_doc = "The library that decides; klausul is the package to use.",
                                        .m_size = -1,
                                        .m_methods = functions};

__attribute__((visibility("default"))) PyMODINIT_FUNC PyInit__core(void) {
    PyObject *module = PyModule_Create(&definition);
    PyObject *rules_type = PyType_FromSpec(&rules_spec);
    run_type = PyType_FromSpec(&run_spec);
    rules_error = PyErr_NewExceptionWithDoc(
        "klausul.RulesError", "Rules that cannot be loaded; the text says why, with places.", PyExc_ValueError, NULL);
    bool ok = module && rules_type && run_type && rules_error && kl_py_words_init(&words) &&
              PyModule_AddObjectRef(module, "Rules", rules_type) == 0 &&
              PyModule_AddObjectRef(module, "RulesError", rules_error) == 0 &&
              PyModule_AddStringConstant(module, "version", KLAUSUL_VERSION) == 0;
    Py_XDECREF(rules_type);
    if (ok) return module;
    Py_XDECREF(module);
    return NULL;
}
