/* sql_dialects.c - the dialects of SQL as a table: what each database calls things, and what it minds.
 * May include: compiler/emit/sql.h.
 * Start at dialects[]; T-SQL and Oracle have no truths as values and make a script, the others as much as possible in one query. */
#include "compiler/emit/sql.h"

/* Where the three that have truths agree. */
#define WITH_TRUTHS                                                                                                    \
    .truths = true, .once = " MATERIALIZED", .create = "CREATE VIEW $1 AS\nWITH\n", .join = "||",                      \
    .boolean = "boolean", .numeric = "numeric", .text = "varchar", .digits = "varchar(30)", .dividend = "$1",          \
    .divisor = "$1", .same_sign = "(($1) < 0) = (($2) < 0)", .first_day = KL_DATE_MIN,                                 \
    .numbering = "row_number() OVER ()",                                                                               \
    .misfit = "abs($1 * $4 - round($1 * $4)) > 0.0001 OR abs($1 * $4) > 1000000000000000", .set = "trim($1)",          \
    .blank = "trim($1) <> ''", .shown_set = "$1", .none = "''", .of_words = "$1", .exact = "$1", .stop = "",           \
    .empty = "''", .untold = "''", .list = "ltrim($1)", .after_two = "substr($1, 3)", .first = "substr($1, 1, 1)",     \
    .row = "($1)", .rows = "\n  VALUES ", .between = ", ", .rows_in_line = 8, .from_nothing = ""

/* Where the two that have none agree. */
#define WITHOUT_TRUTHS                                                                                                 \
    .once = "", .fence = "", .same_sign = "SIGN($1) = SIGN($2)",                                                       \
    .misfit = "$1 <> ROUND($1, $2) OR NOT ($1 BETWEEN -$3 AND $3)",                                                    \
    .greatest = "CASE WHEN $1 > $2 THEN $1 ELSE $2 END"

/* What kl_trim() of runtime/io leaves out at the ends. Not every encoding of PostgreSQL has all of them as characters. */
#define POSTGRESQL_TRIM                                                                                                \
    "regexp_replace($1, '^[ \\t\\n\\r\\u00A0\\u2009\\u202F]+|[ \\t\\n\\r\\u00A0\\u2009\\u202F]+$', '', 'g')"
#define SQLITE_TRIM "trim($1, ' ' || char(9, 10, 13, 160, 8201, 8239))"
#define DUCKDB_TRIM "trim($1, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8201) || chr(8239))"

_Static_assert(KL_NUMBER_MAX == INT64_C(1000000000000000), "the bound in .misfit and .read_number");

static const char *const tsql_reserved[] = {"open", "top", NULL};
static const char *const oracle_reserved[] = {"mode", "number", NULL};

static const kl_dialect dialects[] = {
    {.name = "postgresql",
     .server = "postgresql",
     WITH_TRUTHS,
     .fence = " OFFSET 0",
     .whole = "bigint",
     .wide = "numeric",
     .wide_most = "$1 BETWEEN -9223372036854775808 AND 9223372036854775807",
     .quotient = "div($1, $2)",
     .rest = "mod($1, $2)",
     .date = "DATE '$1'",
     .days = "CAST($1 - DATE '1970-01-01' AS bigint)",
     .of_days = "(DATE '1970-01-01' + CAST($1 AS integer))",
     .year = "CAST(EXTRACT(YEAR FROM $1) AS bigint)",
     .month = "CAST(EXTRACT(MONTH FROM $1) AS bigint)",
     .day = "CAST(EXTRACT(DAY FROM $1) AS bigint)",
     .find = "strpos($1, $2) > 0",
     .held = "strpos(' ' || $1 || ' ', $2) > 0",
     .amount = "CAST($1 AS numeric) * $3",
     .read_text = "nullif(" POSTGRESQL_TRIM ", '')",
     .read_set = POSTGRESQL_TRIM,
     .read_date = "$1",
     .read_plain = "$1",
     .read_number = "CASE WHEN abs($1 * $4) <= 1000000000000000 THEN CAST(round($1 * $4) AS bigint) END",
     .greatest = "GREATEST($1, $2)"},
    {.name = "sqlite",
     .server = "sqlite",
     WITH_TRUTHS,
     .begin = "",
     .part = "DROP TABLE IF EXISTS temp.$1;\nCREATE TEMP TABLE $1 AS\n$3;\n",
     .named = "DROP TABLE IF EXISTS temp.$1;\nCREATE TEMP TABLE $1 AS\nWITH $1$2 AS ($3)\nSELECT * FROM $1;\n",
     .last = "DROP TABLE IF EXISTS temp.$1;\nCREATE TEMP TABLE $1 AS\n$3",
     .end = "",
     .fence = " LIMIT -1 OFFSET 0",
     .whole = "INTEGER",
     .wide = "INTEGER",
     .wide_most = "typeof($1) = 'integer'",
     .quotient = "($1) / ($2)",
     .rest = "($1) % ($2)",
     .date = "'$1'",
     .days = "CAST(julianday($1) - 2440587.5 AS INTEGER)",
     .of_days = "date(($1) * 86400, 'unixepoch')",
     .year = "CAST(strftime('%Y', $1) AS INTEGER)",
     .month = "CAST(strftime('%m', $1) AS INTEGER)",
     .day = "CAST(strftime('%d', $1) AS INTEGER)",
     .find = "instr($1, $2) > 0",
     .held = "instr(' ' || $1 || ' ', $2) > 0",
     .amount = "CASE WHEN ($1) < 0 THEN '-' WHEN ($1) IS NOT NULL THEN '' END || printf('%d.%0$2d', abs($1) / $4, "
               "abs($1) % $4)",
     .read_text = "nullif(" SQLITE_TRIM ", '')",
     .read_set = SQLITE_TRIM,
     .read_date = "nullif(" SQLITE_TRIM ", '')",
     .read_plain = "CASE WHEN " SQLITE_TRIM " <> '' THEN $1 END",
     .read_number = "CASE WHEN abs($1 * $4) <= 1000000000000000 THEN CAST(round($1 * $4) AS INTEGER) END",
     .greatest = "max($1, $2)",
     .no_date = " OR $1 IS NOT date($1, '+0 days')",
     .no_number = "typeof($1) NOT IN ('integer', 'real', 'null') OR ",
     .shallow = true},
    {.name = "duckdb",
     .server = "duckdb",
     WITH_TRUTHS,
     .fence = "",
     .whole = "BIGINT",
     .wide = "HUGEINT",
     .wide_most = "$1 BETWEEN -9223372036854775808 AND 9223372036854775807",
     .quotient = "($1) // ($2)",
     .rest = "($1) % ($2)",
     .date = "DATE '$1'",
     .days = "CAST($1 - DATE '1970-01-01' AS BIGINT)",
     .of_days = "(DATE '1970-01-01' + CAST($1 AS INTEGER))",
     .year = "year($1)",
     .month = "month($1)",
     .day = "day($1)",
     .find = "strpos($1, $2) > 0",
     .held = "strpos(' ' || $1 || ' ', $2) > 0",
     .amount = "CAST($1 AS DECIMAL(20, 0)) * $3",
     .read_text = "nullif(" DUCKDB_TRIM ", '')",
     .read_set = DUCKDB_TRIM,
     .read_date = "$1",
     .read_plain = "$1",
     .read_number = "CASE WHEN abs($1 * $4) <= 1000000000000000 THEN CAST(round($1 * $4) AS BIGINT) END",
     .greatest = "greatest($1, $2)"},
    {.name = "tsql",
     .server = "T-SQL, SQL Server 2019 or later",
     WITHOUT_TRUTHS,
     .begin = "CREATE OR ALTER PROCEDURE $1 AS\nBEGIN\nSET NOCOUNT ON;\nSET CONCAT_NULL_YIELDS_NULL ON;\n"
              "SET NUMERIC_ROUNDABORT OFF;\n",
     .part = "SELECT * INTO $1 FROM ($3) AS v;\n",
     .named = "SELECT * INTO $1 FROM ($3) AS v$2;\n",
     .last = "$3",
     .end = "END;\n",
     .join = "+",
     .whole = "bigint",
     .wide = "decimal(38, 0)",
     .boolean = "bit",
     .numeric = "decimal(38, 2)",
     .text = "nvarchar(4000)",
     .digits = "varchar(30)",
     .wide_most = "$1 BETWEEN -9223372036854775808 AND 9223372036854775807",
     /* 19 digits, so that the scale of a quotient stays exact within the 38 of a decimal; NULL where it is more */
     .dividend = "TRY_CAST($1 AS decimal(19, 0))",
     .divisor = "CAST($1 AS decimal(19, 0))",
     .quotient = "($1 - $1 % $2) / $2",
     .rest = "($1 % $2)",
     .date = "CONVERT(date, '$1', 23)",
     .days = "CAST(DATEDIFF(day, CONVERT(date, '1970-01-01', 23), $1) AS bigint)",
     .of_days = "DATEADD(day, $1, CONVERT(date, '1970-01-01', 23))",
     .year = "YEAR($1)",
     .month = "MONTH($1)",
     .day = "DAY($1)",
     .first_day = KL_DATE_MIN,
     .find = "CHARINDEX($2, $1) > 0",
     .amount = "CAST($1 AS decimal(20, 0)) * $3",
     .numbering = "ROW_NUMBER() OVER (ORDER BY (SELECT NULL))",
     .read_text = "NULLIF(TRIM(CAST($1 AS nvarchar(max))), '') COLLATE Latin1_General_100_BIN2",
     .read_set = "CAST($1 AS nvarchar(max)) COLLATE Latin1_General_100_BIN2",
     .read_date = "CAST($1 AS date)",
     .read_plain = "$1",
     .read_number = "CASE WHEN $1 BETWEEN -$3 AND $3 THEN CAST(CAST($1 AS decimal(25, 9)) * $4 AS bigint) END",
     .set = "TRIM($1)",
     .blank = "TRIM($1) <> ''",
     .shown_set = "$1",
     .none = "''",
     .held = "CHARINDEX($2, ' ' + $1 + ' ') > 0",
     .of_words = "$1",
     .exact = "$1 COLLATE Latin1_General_100_BIN2",
     .stop = "|",
     .empty = "CAST('' AS nvarchar(max))",
     .untold = "''",
     .list = "LTRIM($1)",
     .after_two = "STUFF($1, 1, 2, '')",
     .first = "SUBSTRING($1, 1, 1)",
     .row = "($1)",
     .rows = "\n  VALUES ",
     .between = ", ",
     .rows_in_line = 8,
     .from_nothing = "",
     .columns_most = 1024,
     .open = '[',
     .close = ']',
     .national = "N",
     .temporary = "#kl_",
     .reserved = tsql_reserved},
    {.name = "oracle",
     .server = "Oracle Database 19c or later",
     WITHOUT_TRUTHS,
     .empty_is_null = true,
     .begin = "SET DEFINE OFF\nALTER SESSION SET NLS_COMP = BINARY;\n"
              "-- tables of an earlier run in this session\n"
              "DECLARE\n  PROCEDURE forget(name VARCHAR2) IS\n  BEGIN\n    EXECUTE IMMEDIATE 'DROP TABLE ' || name;\n"
              "  EXCEPTION WHEN OTHERS THEN\n    IF SQLCODE <> -942 THEN RAISE; END IF;\n  END;\nBEGIN\n$2END;\n/\n",
     .drop = "  forget('$1');\n",
     .part = "CREATE PRIVATE TEMPORARY TABLE $1 ON COMMIT PRESERVE DEFINITION AS $3;\n",
     .named =
         "CREATE PRIVATE TEMPORARY TABLE $1 ON COMMIT PRESERVE DEFINITION AS\nWITH v$2 AS ($3)\nSELECT * FROM v;\n",
     .last = "CREATE PRIVATE TEMPORARY TABLE $1 ON COMMIT PRESERVE DEFINITION AS\n$3",
     .more = "INSERT INTO $1 $3;\n",
     .end = "",
     .join = "||",
     .whole = "NUMBER(19)",
     .wide = "NUMBER",
     .boolean = "NUMBER(1)",
     .numeric = "NUMBER",
     .text = "VARCHAR2(4000)",
     .digits = "VARCHAR2(30)",
     .wide_most = "$1 BETWEEN -9223372036854775808 AND 9223372036854775807",
     .dividend = "$1",
     .divisor = "$1",
     .quotient = "($1 - MOD($1, $2)) / $2",
     .rest = "MOD($1, $2)",
     .date = "DATE '$1'",
     .days = "($1 - DATE '1970-01-01')",
     .of_days = "(DATE '1970-01-01' + $1)",
     /* Oracle's calendar is another before 1582-10-15, day -141427: four times 400 years later it is the same */
     .year =
         "(EXTRACT(YEAR FROM $1 + CASE WHEN $2 < -141427 THEN 584388 ELSE 0 END) - CASE WHEN $2 < -141427 THEN 1600 "
         "ELSE 0 END)",
     .month = "EXTRACT(MONTH FROM $1 + CASE WHEN $2 < -141427 THEN 584388 ELSE 0 END)",
     .day = "EXTRACT(DAY FROM $1 + CASE WHEN $2 < -141427 THEN 584388 ELSE 0 END)",
     .first_day = -141427,
     .find = "INSTR($1, $2) > 0",
     .amount = "$1 * $3",
     .numbering = "ROW_NUMBER() OVER (ORDER BY NULL)",
     .read_text = "TRIM($1)",
     .read_set = "TRIM($1)",
     .read_date = "TRUNC($1)",
     .read_plain = "$1",
     .read_number = "CASE WHEN $1 BETWEEN -$3 AND $3 THEN CAST(ROUND($1 * $4) AS NUMBER(19)) END",
     .set = "' ' || TRIM($1) || ' '", /* NULL || ' ' is not NULL: a set has its blanks with it, that of nothing two */
     .blank = "TRIM($1) IS NOT NULL",
     .shown_set = "TRIM($1)",
     .none = "'  '",
     .held = "INSTR($1, $2) > 0",
     .of_words = " $1 ",
     .exact = "$1",
     .stop = "",
     .empty = "''",
     .long_empty = "TO_CLOB('')",
     .untold = "CAST(NULL AS VARCHAR2(4000))",
     .list = "CAST(LTRIM($1) AS VARCHAR2(4000))",
     .long_list = "LTRIM($1)",
     .after_two = "SUBSTR($1, 3)",
     .first = "SUBSTR($1, 1, 1)",
     .row = "SELECT $1 FROM DUAL",
     .rows = "\n  ",
     .between = " UNION ALL ",
     .from_nothing = " FROM DUAL",
     .rows_most = 250,
     .rows_in_line = 4,
     .columns_most = 1000,
     .name_most = 128,
     .text_most = 4000,
     .list_most = 1000,
     .temporary = "ora$ptt_kl_",
     .last_table = "ora$ptt_",
     .reserved = oracle_reserved,
     .console = true},
};

const kl_dialect *kl_dialect_of(kl_str name) {
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
        if (kl_str_eq(name, kl_str_of(dialects[i].name))) return &dialects[i];
    return NULL;
}
