# translated.py - T-SQL and Oracle without their servers: parsed as such by sqlglot, checked to keep to what those say, and run by DuckDB.
# May include: the Python standard library and the files beside it; sqlglot and duckdb where they are found.
# Start at Translated; what the two databases mean otherwise than DuckDB is in TSQL and Oracle.
import re
import sys
import tempfile

from sql_target import DuckDB, cell

PREDICATES = ("EQ", "NEQ", "GT", "GTE", "LT", "LTE", "And", "Or", "Not", "Is", "In", "Between", "Like", "Boolean")
sys.setrecursionlimit(20000)  # sqlglot goes as deep as functions stand in each other: one for each code of a set
NESTED_MOST, NAME_MOST, LINE_MOST = 10, 128, 2400
# Words that are no names unless they are quoted, of the kind that a script might use as one.
RESERVED_TSQL = set("add all alter any as asc backup begin between break browse bulk by cascade case check close column commit compute constraint contains "
                    "continue convert create cross current cursor database default delete deny desc disk distinct double drop dump else end escape except "
                    "exec execute exists exit external fetch file fillfactor for foreign from full function goto grant group having identity if in index "
                    "inner insert intersect into is join key kill left like lineno load merge national nocheck not null of off offsets on open option or "
                    "order outer over percent pivot plan precision primary print proc procedure public read references replication restore restrict return "
                    "revert revoke right rollback rowcount rule save schema select session_user set shutdown some statistics table textsize then to top tran "
                    "transaction trigger truncate union unique unpivot update use user values varying view waitfor when where while with within".split())
RESERVED_ORACLE = set("access add all alter and any as asc audit between by char check cluster column comment compress connect create current date decimal "
                      "default delete desc distinct drop else exclusive exists file float for from grant group having identified immediate in increment index "
                      "initial insert integer intersect into is level like lock long maxextents minus mode modify not nowait null number of offline on online "
                      "option or order prior public raw rename resource revoke row rowid rownum rows select session set share size smallint start successful "
                      "synonym sysdate table then to trigger uid union unique update user validate values varchar view whenever where with".split())


def name_of(node):
    return type(node).__name__


def around(node):
    """The node that holds it, and as what; parentheses don't count."""
    key, parent = node.arg_key, node.parent
    while name_of(parent) == "Paren":
        key, parent = parent.arg_key, parent.parent
    return parent, key


def wants_predicate(parent, key):
    kind = name_of(parent)
    if kind == "If":
        return key == "this" and parent.parent.this is None
    return kind in ("And", "Or", "Not", "Where") or (kind == "Join" and key == "on")


def faults_of(tree, reserved):
    """Where a truth stands as a value, or a value as a truth: neither database has a type for it."""
    for node in tree.walk():
        kind = name_of(node)
        if kind == "Command":
            yield f"not understood: {node.sql()[:200]}"
        if kind == "Paren" or node.parent is None:
            continue
        parent, key = around(node)
        if name_of(parent) == "Join" and key == "on" or kind in PREDICATES or wants_predicate(parent, key):
            if (kind in PREDICATES) != wants_predicate(parent, key):
                yield f"{kind} as {key} of {name_of(parent)}: {node.sql()[:200]}"
        if kind == "Case":
            deep, up = 1, node.parent
            while up is not None:
                deep, up = deep + (name_of(up) == "Case"), up.parent
            if deep > NESTED_MOST:
                yield f"CASE in CASE, {deep} deep"
        if kind == "Identifier" and len(node.name.encode()) > NAME_MOST:
            yield f"a long name: {node.name}"
        if kind == "Identifier" and not node.args.get("quoted") and node.name.lower() in reserved:
            yield f"a reserved word as a name: {node.name}"


class Translated(DuckDB):
    """The script's statements as DuckDB's; self.faults says what is wrong with them."""
    blanks = " "

    def __init__(self, klausul, guideline, folder, fields):
        super().__init__(klausul, guideline, folder, fields)
        self.faults, self.statements = [], []
        for tree in self.parsed():
            self.faults += faults_of(tree, self.reserved)
            self.statements.append(self.rewritten(tree).sql("duckdb"))

    def rewritten(self, tree):
        for node in reversed(list(tree.walk())):  # children first
            root, new = node.parent is None, self.translated(node)
            if new is node:
                continue
            if root:
                tree = new
            else:
                node.replace(new)
        return tree

    def view_of(self, text):
        return None

    def type_of(self, f):
        return "INTEGER" if f.kind == "yes/no" else super().type_of(f)

    def value(self, f, record):
        v = super().value(f, record)
        return int(v) if isinstance(v, bool) else v

    def decide(self, records, booleans):
        import duckdb
        db = duckdb.connect()
        self.fill(db, records)
        for macro in self.macros:
            db.execute("CREATE MACRO " + macro)
        for statement in self.statements:
            cursor = db.execute(statement)
        cursor = self.last(db, cursor)
        names = [d[0] for d in cursor.description]
        rows = [dict(zip(names, row)) for row in cursor.fetchall()]
        return [{n: cell(bool(v) if n in booleans and v is not None else v) for n, v in row.items()} for row in rows]


def is_text(node):
    kind = name_of(node)
    if kind == "Paren":
        return is_text(node.this)
    if kind == "Literal":
        return node.is_string
    if kind in ("National", "Collate", "Substring", "Replace", "Trim", "Stuff"):
        return True
    if kind in ("Add", "DPipe"):
        return is_text(node.this) or is_text(node.expression)
    if kind in ("Cast", "TryCast"):
        return node.to.this.name in ("VARCHAR", "NVARCHAR", "TEXT", "NCHAR", "CHAR")
    if kind == "Case":
        return any(is_text(i.args["true"]) for i in node.args["ifs"])
    return False


class TSQL(Translated):
    dialect, reserved = "tsql", RESERVED_TSQL
    macros = ()
    SHAPE = re.compile(r"(?:--.*\n)*CREATE OR ALTER PROCEDURE (\[.*\]) AS\nBEGIN\n(?:SET [A-Z_]+ (?:ON|OFF);\n)*(.*)END;\n", re.S)

    def parsed(self):
        import sqlglot
        return [tree for tree in sqlglot.parse(self.SHAPE.fullmatch(self.text).group(2), read="tsql") if tree is not None]

    def last(self, db, cursor):
        return cursor

    def translated(self, node):
        from sqlglot import exp
        kind = name_of(node)
        if kind == "Select" and node.args.get("into"):
            made = node.args["into"].this.copy()
            node.set("into", None)
            return exp.Create(this=made, kind="TABLE", expression=node)
        if kind in ("Collate", "TimeStrToTime", "TsOrDsToDate"):
            return node.this
        if kind == "National":
            return exp.Literal.string(node.name)
        if kind == "Add" and (is_text(node.this) or is_text(node.expression)):
            return exp.DPipe(this=node.this, expression=node.expression)
        if kind == "Div":
            return exp.IntDiv(this=node.this, expression=node.expression)
        if kind == "Convert":
            return exp.cast(node.expression, "DATE")
        if kind == "Stuff":
            return exp.Substring(this=node.this, start=exp.Literal.number(3))
        if kind == "DateAdd":
            return exp.Paren(this=exp.Add(this=node.this, expression=exp.cast(node.expression, "INT")))
        if kind == "DateDiff":
            return exp.Anonymous(this="date_diff", expressions=[exp.Literal.string("day"), node.expression, node.this])
        if kind == "DataType" and node.this.name in ("NVARCHAR", "TEXT"):
            return exp.DataType.build("VARCHAR")
        if kind == "DataType" and node.this.name == "BIT":
            return exp.DataType.build("BOOLEAN")
        if kind == "DataType" and node.this.name == "DECIMAL" and [p.name for p in node.expressions] in (["38", "0"], ["19", "0"]):
            return exp.DataType.build("INT128")
        return node


class Oracle(Translated):
    dialect, reserved = "oracle", RESERVED_ORACLE
    first_date = "1582-10-15"
    macros = ("to_clob(x) AS x", "trunc(x) AS x", "no_empty(x) AS nullif(x, '')")
    SHAPE = re.compile(r"(?:--.*\n)*SET DEFINE OFF\nALTER SESSION SET NLS_COMP = BINARY;\n-- .*?\nDECLARE\n.*?END;\n/\n(.*)", re.S)
    ROW = re.compile(r"SELECT (-?\d+(?:, -?\d+)*) FROM DUAL")
    ROWS = re.compile(rf"{ROW.pattern}(?:\s+UNION ALL\s+{ROW.pattern})+")  # the parser is slow at many of these
    MADE = re.compile(r"CREATE PRIVATE TEMPORARY TABLE (ora\$ptt_\S+) ON COMMIT PRESERVE DEFINITION AS\s", re.I)

    def parsed(self):
        import sqlglot
        script = self.SHAPE.fullmatch(self.text).group(1)
        self.faults += ["an empty line"] * script.count("\n\n") + [f"a long line: {n[:60]}" for n in script.split("\n") if len(n.encode()) > LINE_MOST]
        self.made = self.MADE.findall(script)
        script = self.ROWS.sub(lambda m: "SELECT * FROM (VALUES " + self.ROW.sub(r"(\1)", m.group(0)).replace(" UNION ALL", ",") + ")", script)
        return [tree for tree in sqlglot.parse(self.MADE.sub(r"CREATE TABLE \1 AS ", script), read="oracle") if tree is not None]

    def value(self, f, record):
        v = super().value(f, record)
        return "inga" if f.kind == "set" and v is not None and not v.strip() else v

    def bare(self, node):
        """Without its no_empty(), where the function around it has one: what is nested deep would be expanded twice at each level."""
        return node.expressions[0] if name_of(node) == "Anonymous" and node.name == "no_empty" else node

    def parts_of(self, node):
        node = self.bare(node)
        return node.expressions if name_of(node) == "Anonymous" and node.name == "concat" else [node]

    def last(self, db, cursor):
        return db.execute(f'SELECT * FROM "{self.made[-1]}"')

    def translated(self, node):
        from sqlglot import exp
        kind = name_of(node)
        if kind == "Table" and node.name == "DUAL":
            return exp.values([(1,)], alias="dual")
        if kind == "Literal" and node.is_string and len(node.name.encode()) > 4000:
            self.faults.append(f"a long text: {node.name[:60]}")
        if kind == "In" and len(node.expressions) > 1000:
            self.faults.append("a long IN list")
        if kind == "Literal" and node.is_string and node.name == "":
            return exp.cast(exp.null(), "VARCHAR")
        if kind == "DPipe":
            parts = [part for side in (node.this, node.expression) for part in self.parts_of(side)]
            return exp.Anonymous(this="no_empty", expressions=[exp.Anonymous(this="concat", expressions=parts)])
        if kind in ("Trim", "Substring", "Replace"):
            made = node.copy()
            made.set("this", self.bare(made.this))
            return exp.Anonymous(this="no_empty", expressions=[made])
        if kind == "Div":
            return exp.IntDiv(this=node.this, expression=node.expression)
        if kind == "Add" and name_of(node.this) == "DateStrToDate":
            return exp.Add(this=node.this, expression=exp.cast(node.expression, "INT"))
        if kind == "DataType" and node.this.name == "DECIMAL":
            return exp.DataType.build("INT128" if not node.expressions else "BIGINT")
        return node


def why_not():
    """Why this cannot run here, or None."""
    try:
        import duckdb  # noqa: F401
        import sqlglot  # noqa: F401
    except ImportError as e:
        return f"no Python package {e.name}; `make deps-python` installs it"
    return None
