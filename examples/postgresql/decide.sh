#!/usr/bin/env bash
# decide.sh - records in a PostgreSQL table, decided by a guideline in another table, counted by a query.
# May use: psql and a server with the extension installed, named by PGHOST, PGDATABASE …; see lang/spec/postgresql.md.
# Start with: examples/postgresql/decide.sh vgr.image examples/vgr/kontakter.ndjson
set -eu
[ $# = 2 ] || { echo "usage: decide.sh IMAGE RECORDS.ndjson" >&2; exit 2; }
{
    echo "CREATE EXTENSION IF NOT EXISTS klausul;"
    echo "CREATE TEMP TABLE rules (image guideline); CREATE TEMP TABLE contact (record jsonb);"
    echo "COPY rules FROM STDIN;"
    base64 -w 0 "$1"
    printf '\n\\.\n'
    # A quote and a separator that no JSON text holds: each line is one cell.
    echo "COPY contact FROM STDIN (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02');"
    cat "$2"
    printf '\\.\n'
    cat <<'SQL'
SELECT klausul_inspect(image) ->> 'guideline' FROM rules;
SELECT count(*), coalesce(told #>> '{outcomes,beslut,value}', told #>> '{outcomes,beslut,state}', 'refused: ' || (told #>> '{rejected,column}')) AS beslut,
       told #>> '{outcomes,beslut,by,0}' AS by
FROM (SELECT klausul_try((SELECT image FROM rules), record) AS told FROM contact OFFSET 0) AS decisions
GROUP BY 2, 3 ORDER BY 1 DESC, 2, 3;
SQL
} | psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -f -
