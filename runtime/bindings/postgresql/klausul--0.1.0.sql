-- klausul--0.1.0.sql - the type guideline and the functions that decide by it.
-- May use: the functions of klausul.c. Run by CREATE EXTENSION klausul, never by hand.
-- Start at klausul_decide. Everything depends on its arguments alone: immutable, strict, parallel safe.
\echo Use "CREATE EXTENSION klausul" to load this file. \quit

CREATE TYPE guideline;

CREATE FUNCTION guideline_in(cstring) RETURNS guideline
    AS 'MODULE_PATHNAME', 'klausul_guideline_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION guideline_out(guideline) RETURNS cstring
    AS 'MODULE_PATHNAME', 'klausul_guideline_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION guideline_recv(internal) RETURNS guideline
    AS 'MODULE_PATHNAME', 'klausul_guideline_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION guideline_send(guideline) RETURNS bytea
    AS 'MODULE_PATHNAME', 'klausul_guideline_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;

-- Stored beside the row and not compressed, so that a query that names it by its place reads it once.
CREATE TYPE guideline (
    INPUT = guideline_in, OUTPUT = guideline_out, RECEIVE = guideline_recv, SEND = guideline_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external
);
COMMENT ON TYPE guideline IS 'a Klausul image, verified when it comes in; written as bytea is: \x and hex, or base64';

CREATE FUNCTION guideline(bytea) RETURNS guideline
    AS 'MODULE_PATHNAME', 'klausul_guideline_from_bytea' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE CAST (bytea AS guideline) WITH FUNCTION guideline(bytea);
CREATE CAST (guideline AS bytea) WITHOUT FUNCTION;

CREATE FUNCTION klausul_decide(guideline guideline, record jsonb, trace boolean DEFAULT false) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'klausul_decide' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION klausul_decide(guideline, jsonb, boolean)
    IS 'the decision as klausul run --format ndjson has it; an error when the record cannot be read';

CREATE FUNCTION klausul_try(guideline guideline, record jsonb, trace boolean DEFAULT false) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'klausul_try' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION klausul_try(guideline, jsonb, boolean)
    IS 'as klausul_decide; {"rejected": …} when the record cannot be read';

CREATE FUNCTION klausul_outcome(guideline guideline, record jsonb, outcome text) RETURNS text
    AS 'MODULE_PATHNAME', 'klausul_outcome' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION klausul_outcome(guideline, jsonb, text) IS 'the value of one outcome; NULL where it is not decided';

CREATE FUNCTION klausul_state(guideline guideline, record jsonb, outcome text) RETURNS text
    AS 'MODULE_PATHNAME', 'klausul_state' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION klausul_state(guideline, jsonb, text)
    IS 'decided, not_stated, external, none, undetermined, conflict or error';

CREATE FUNCTION klausul_outcomes(guideline guideline, record jsonb)
    RETURNS TABLE (name text, state text, value jsonb, by text[], missing text[])
    AS 'MODULE_PATHNAME', 'klausul_outcomes' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500 ROWS 8;
COMMENT ON FUNCTION klausul_outcomes(guideline, jsonb)
    IS 'a row for each outcome: its value, the rules and rows that gave it, and the fields that could decide it';

CREATE FUNCTION klausul_inspect(guideline guideline) RETURNS jsonb
    AS 'MODULE_PATHNAME', 'klausul_inspect' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 500;
COMMENT ON FUNCTION klausul_inspect(guideline) IS 'what the guideline is, which fields it reads, which outcomes it gives';

CREATE FUNCTION klausul_version() RETURNS text
    AS 'MODULE_PATHNAME', 'klausul_version' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
