/* klausul.c - the PostgreSQL extension: the type guideline, a verified image, and functions that decide jsonb records by it.
 * May include: the server's headers, runtime/io/one.h. Not the compiler: guidelines come as images.
 * Start at ready_of(): a guideline is verified once for each call in a query, kept in fn_extra, and freed with the query's memory. */
#include <postgres.h>

#include <access/detoast.h>
#include <catalog/pg_type_d.h>
#include <fmgr.h>
#include <funcapi.h>
#include <lib/stringinfo.h>
#include <libpq/pqformat.h>
#include <mb/pg_wchar.h>
#include <nodes/primnodes.h>
#include <utils/array.h>
#include <utils/builtins.h>
#include <utils/jsonb.h>

#include "runtime/io/one.h"

PG_MODULE_MAGIC;

enum { KEPT = 8, SHOWN_MOST = 200 };

/* ------------------------------------------------------------------ the type */
static void verify(const void *image, size_t size) {
    kl_fault fault = {.offset = 0, .reason = ""};
    void *memory = palloc(kl_program_size());
    if (!kl_verify(memory, kl_program_size(), image, size, &fault))
        ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("not a sound guideline image"),
                        errdetail("At byte %zu: %s.", fault.offset, fault.reason)));
    pfree(memory);
}

PG_FUNCTION_INFO_V1(klausul_guideline_in);
Datum klausul_guideline_in(PG_FUNCTION_ARGS) {
    char *text = PG_GETARG_CSTRING(0);
    Datum bytes = text[0] == '\\' && text[1] == 'x'
                      ? DirectFunctionCall1(byteain, CStringGetDatum(text))
                      : DirectFunctionCall2(binary_decode, CStringGetTextDatum(text), CStringGetTextDatum("base64"));
    bytea *image = DatumGetByteaPP(bytes);
    verify(VARDATA_ANY(image), VARSIZE_ANY_EXHDR(image));
    return bytes;
}

PG_FUNCTION_INFO_V1(klausul_guideline_out);
Datum klausul_guideline_out(PG_FUNCTION_ARGS) { /* always hex, whatever bytea_output says: base64 is no escape format */
    bytea *image = PG_GETARG_BYTEA_PP(0);
    size_t size = VARSIZE_ANY_EXHDR(image);
    char *text = palloc(2 * size + 3);
    text[0] = '\\';
    text[1] = 'x';
    text[2 + hex_encode(VARDATA_ANY(image), size, text + 2)] = 0;
    PG_RETURN_CSTRING(text);
}

PG_FUNCTION_INFO_V1(klausul_guideline_recv);
Datum klausul_guideline_recv(PG_FUNCTION_ARGS) {
    Datum bytes = bytearecv(fcinfo);
    bytea *image = DatumGetByteaPP(bytes);
    verify(VARDATA_ANY(image), VARSIZE_ANY_EXHDR(image));
    return bytes;
}

PG_FUNCTION_INFO_V1(klausul_guideline_send);
Datum klausul_guideline_send(PG_FUNCTION_ARGS) {
    return byteasend(fcinfo);
}

PG_FUNCTION_INFO_V1(klausul_guideline_from_bytea);
Datum klausul_guideline_from_bytea(PG_FUNCTION_ARGS) {
    bytea *image = PG_GETARG_BYTEA_PP(0);
    verify(VARDATA_ANY(image), VARSIZE_ANY_EXHDR(image));
    PG_RETURN_BYTEA_P(image);
}

/* ------------------------------------------------------------------ the guideline of a call, made ready */
typedef struct ready {
    kl_one *one;
    uint64 used;
    bool placed; /* `place` says where the image is stored; it does not change there while the query can see it */
    struct varatt_external place;
} ready;
typedef struct shelf { /* of one call in one query; kl_one uses malloc, so its end is a callback of the context */
    MemoryContextCallback end;
    ready kept[KEPT];
    ready *constant;
    uint64 uses;
} shelf;

static void empty(void *p) {
    shelf *s = p;
    for (size_t i = 0; i < KEPT; i++) kl_one_free(s->kept[i].one);
}

static shelf *shelf_of(FmgrInfo *f) {
    if (!f->fn_extra) {
        shelf *s = MemoryContextAllocZero(f->fn_mcxt, sizeof *s);
        s->end.func = empty;
        s->end.arg = s;
        MemoryContextRegisterResetCallback(f->fn_mcxt, &s->end);
        f->fn_extra = s;
    }
    return f->fn_extra;
}

/* A constant of the query; parameters may change between two uses of one call, as in a loop of PL/pgSQL. */
static bool is_constant(const FmgrInfo *f) {
    const Node *call = (const Node *)f->fn_expr;
    return call && IsA(call, FuncExpr) && IsA(linitial(((const FuncExpr *)call)->args), Const);
}

static ready *make(shelf *s, const void *image, size_t size) {
    kl_fault fault;
    ready *r = &s->kept[0];
    for (size_t i = 1; i < KEPT; i++)
        if (s->kept[i].used < r->used) r = &s->kept[i];
    kl_one_free(r->one);
    memset(r, 0, sizeof *r);
    r->one = kl_one_new(image, size, &fault);
    if (!r->one && !fault.reason) ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("klausul: memory is out")));
    if (!r->one)
        ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("not a sound guideline image"),
                        errdetail("At byte %zu: %s.", fault.offset, fault.reason)));
    return r;
}

static ready *find(shelf *s, struct varlena *raw) {
    struct varatt_external place;
    bool placed = VARATT_IS_EXTERNAL_ONDISK(raw);
    ready *r = NULL;
    if (placed) {
        VARATT_EXTERNAL_GET_POINTER(place, raw);
        for (size_t i = 0; i < KEPT; i++)
            if (s->kept[i].placed && memcmp(&s->kept[i].place, &place, sizeof place) == 0) return &s->kept[i];
    }
    struct varlena *image = pg_detoast_datum_packed(raw);
    for (size_t i = 0; i < KEPT && !r; i++)
        if (s->kept[i].one && kl_one_is(s->kept[i].one, VARDATA_ANY(image), VARSIZE_ANY_EXHDR(image))) r = &s->kept[i];
    if (!r) r = make(s, VARDATA_ANY(image), VARSIZE_ANY_EXHDR(image));
    r->placed = placed;
    if (placed) r->place = place;
    if (image != raw) pfree(image);
    return r;
}

static kl_one *ready_of(FunctionCallInfo fcinfo) {
    shelf *s = shelf_of(fcinfo->flinfo);
    ready *r = s->constant ? s->constant : find(s, PG_GETARG_RAW_VARLENA_P(0));
    if (!s->constant && is_constant(fcinfo->flinfo)) s->constant = r;
    r->used = ++s->uses;
    return r->one;
}

/* ------------------------------------------------------------------ texts to and from the server's encoding */
static char *served(kl_string s) { /* a C string of the server's */
    char *copy = pnstrdup(s.data, s.size);
    return pg_any_to_server(copy, (int)s.size, PG_UTF8);
}

static Datum text_of(kl_string s) {
    return CStringGetTextDatum(served(s));
}

static void check_memory(const kl_one *one) {
    if (kl_one_failed(one)) ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("klausul: memory is out")));
}

static Datum jsonb_of(const kl_one *one, kl_string s) {
    check_memory(one);
    return DirectFunctionCall1(jsonb_in, CStringGetDatum(served(s)));
}

/* ------------------------------------------------------------------ deciding */
static kl_one *decide(FunctionCallInfo fcinfo, bool trace, kl_one_refusal *why, bool *refused) {
    kl_one *one = ready_of(fcinfo);
    Jsonb *record = PG_GETARG_JSONB_P(1);
    char *text = JsonbToCString(NULL, &record->root, (int)VARSIZE(record));
    char *json = pg_server_to_any(text, (int)strlen(text), PG_UTF8);
    *refused = !kl_one_decide(one, json, strlen(json), trace, why);
    check_memory(one);
    if (json != text) pfree(json);
    pfree(text);
    PG_FREE_IF_COPY(record, 1);
    return one;
}

static void raise(const kl_one_refusal *why) {
    kl_string value = why->value;
    if (!why->column.size)
        ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                        errmsg("the record is refused: %s (%s)", why->reason, why->code)));
    if (value.size > SHOWN_MOST)
        value.size = (size_t)pg_encoding_mbcliplen(PG_UTF8, value.data, (int)value.size, SHOWN_MOST);
    ereport(ERROR,
            (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the record is refused: %s (%s)", why->reason, why->code),
             errdetail("Column \"%s\" holds \"%s\".", served(why->column), served(value))));
}

PG_FUNCTION_INFO_V1(klausul_decide);
Datum klausul_decide(PG_FUNCTION_ARGS) {
    kl_one_refusal why;
    bool refused;
    kl_one *one = decide(fcinfo, PG_GETARG_BOOL(2), &why, &refused);
    if (refused) raise(&why);
    return jsonb_of(one, kl_one_write(one));
}

PG_FUNCTION_INFO_V1(klausul_try);
Datum klausul_try(PG_FUNCTION_ARGS) {
    kl_one_refusal why;
    bool refused;
    kl_one *one = decide(fcinfo, PG_GETARG_BOOL(2), &why, &refused);
    return jsonb_of(one, refused ? kl_one_write_refusal(one, &why) : kl_one_write(one));
}

/* Decides, and finds the outcome that the third argument names. */
static kl_one *decide_one(FunctionCallInfo fcinfo, uint32_t *outcome) {
    kl_one_refusal why;
    bool refused;
    kl_one *one = decide(fcinfo, false, &why, &refused);
    char *asked = text_to_cstring(PG_GETARG_TEXT_PP(2)), *name = pg_server_to_any(asked, (int)strlen(asked), PG_UTF8);
    if (refused) raise(&why);
    *outcome = kl_one_outcome(one, (kl_string){name, strlen(name)});
    if (*outcome == KL_INDEX_NONE)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("the guideline has no outcome \"%s\"", asked)));
    return one;
}

PG_FUNCTION_INFO_V1(klausul_outcome);
Datum klausul_outcome(PG_FUNCTION_ARGS) {
    uint32_t outcome;
    kl_outcome_info info;
    kl_one *one = decide_one(fcinfo, &outcome);
    const kl_result *r = &kl_one_verdict(one)->outcomes[outcome].result;
    kl_outcome_of(kl_one_program(one), outcome, &info);
    if (r->state != KL_DECIDED) PG_RETURN_NULL();
    kl_string s = kl_one_write_value(one, outcome);
    check_memory(one);
    if (!info.many && info.kind == KL_TEXT)
        s = r->text;
    else if (s.size > 1 && s.data[0] == '"') /* names of values and dates hold nothing that JSON writes otherwise */
        s = (kl_string){s.data + 1, s.size - 2};
    return text_of(s);
}

PG_FUNCTION_INFO_V1(klausul_state);
Datum klausul_state(PG_FUNCTION_ARGS) {
    uint32_t outcome;
    kl_one *one = decide_one(fcinfo, &outcome);
    return CStringGetTextDatum(kl_state_word(kl_one_verdict(one)->outcomes[outcome].result.state));
}

/* ------------------------------------------------------------------ outcomes as rows */
static Datum texts(Datum *list, size_t count) {
    return PointerGetDatum(construct_array(list, (int)count, TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum deciders(const kl_program *p, const kl_verdict_outcome *o) {
    Datum *list = palloc((o->by_count + 1) * sizeof *list);
    for (size_t i = 0; i < o->by_count; i++) {
        kl_entry_info entry;
        kl_entry_of(p, o->by[i], &entry);
        list[i] = text_of(entry.id);
    }
    return texts(list, o->by_count);
}

static Datum missing(const kl_program *p, const kl_verdict_outcome *o) {
    kl_guideline_info info;
    size_t count = 0;
    kl_describe(p, &info);
    Datum *list = palloc((info.fields + 1) * sizeof *list);
    for (uint32_t i = 0; i < info.fields && o->result.state == KL_UNDETERMINED; i++) {
        kl_field_info field;
        if (!(o->missing[i / 64] >> (i % 64) & 1)) continue;
        kl_field_of(p, i, &field);
        list[count++] = text_of(field.name);
    }
    return texts(list, count);
}

PG_FUNCTION_INFO_V1(klausul_outcomes);
Datum klausul_outcomes(PG_FUNCTION_ARGS) {
    kl_one_refusal why;
    bool refused;
    kl_guideline_info info;
    InitMaterializedSRF(fcinfo, 0);
    ReturnSetInfo *to = (ReturnSetInfo *)fcinfo->resultinfo;
    kl_one *one = decide(fcinfo, false, &why, &refused);
    if (refused) raise(&why);
    const kl_program *p = kl_one_program(one);
    kl_describe(p, &info);
    for (uint32_t i = 0; i < info.outcomes; i++) {
        const kl_verdict_outcome *o = &kl_one_verdict(one)->outcomes[i];
        kl_outcome_info outcome;
        kl_outcome_of(p, i, &outcome);
        bool decided = o->result.state == KL_DECIDED, nulls[5] = {false, false, !decided, false, false};
        Datum row[5] = {text_of(outcome.name), CStringGetTextDatum(kl_state_word(o->result.state)),
                        decided ? jsonb_of(one, kl_one_write_value(one, i)) : (Datum)0, deciders(p, o), missing(p, o)};
        tuplestore_putvalues(to->setResult, to->setDesc, row, nulls);
    }
    return (Datum)0;
}

PG_FUNCTION_INFO_V1(klausul_inspect);
Datum klausul_inspect(PG_FUNCTION_ARGS) {
    kl_one *one = ready_of(fcinfo);
    return jsonb_of(one, kl_one_inspect(one));
}

PG_FUNCTION_INFO_V1(klausul_version);
Datum klausul_version(PG_FUNCTION_ARGS) {
    (void)fcinfo;
    PG_RETURN_TEXT_P(cstring_to_text(KLAUSUL_VERSION));
}
