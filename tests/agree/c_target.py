# c_target.py - the C target under test: builds X.c with a driver made from X.h, feeds it records, reads its decisions.
# May include: the Python standard library, tests/suite.py, records.py beside it.
# Start at Target.
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import run  # noqa: E402

STRICT = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-Werror"]
STATES = '{"decided", "not_stated", "external", "none", "undetermined", "conflict", "error"}'
REASONS = '{"no clause applies", "outside scope", "not in force"}'

HEAD = """#include "x.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static const char *const states[] = %s;
static const char *const reasons[] = %s;
static const char *const truths[] = {"no", "yes", "unknown", "not_applicable"};
static void text(const char *p, size_t n) {
    putchar('"');
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"' || p[i] == '\\\\') putchar('\\\\');
        putchar(p[i]);
    }
    putchar('"');
}
static void bits(const char *what, const uint64_t *set, size_t n, const char *(*name)(size_t)) {
    const char *comma = "";
    printf(", \\"%%s\\": [", what);
    for (size_t i = 0; i < n; i++) {
        if (!(set[i / 64] >> (i %% 64) & 1)) continue;
        printf("%%s", comma);
        text(name(i), strlen(name(i)));
        comma = ", ";
    }
    printf("]");
}
static void codes(uint64_t set, const char *const *names, size_t n) {
    const char *comma = "[";
    for (size_t i = 0; i < n; i++) {
        if (!(set >> i & 1)) continue;
        printf("%%s", comma);
        text(names[i], strlen(names[i]));
        comma = ", ";
    }
    printf("%%s]", set ? "" : "[");
}
static const char *entry(size_t i) { return @_entries[i].id; }
static const char *field(size_t i) { return @_fields[i]; }
static const char *outcome(size_t i) { return @_outcomes[i]; }
static const char *assumption(size_t i) { return @_assumptions[i]; }
static void scaled(int64_t v, unsigned scale) {
    int64_t one = 1;
    for (unsigned i = 0; i < scale; i++) one *= 10;
    printf("%%s%%" PRId64 ".%%0*" PRId64, v < 0 ? "-" : "", (v < 0 ? -v : v) / one, (int)scale, (v < 0 ? -v : v) %% one);
}
static void day(int64_t days) {
    int64_t year = 1, month = 0, left = days + 719162; /* since 0001-01-01 */
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    year += left / 146097 * 400;
    left %%= 146097;
    for (;; year++) {
        int leap = year %% 4 == 0 && (year %% 100 != 0 || year %% 400 == 0);
        if (left < 365 + leap) break;
        left -= 365 + leap;
    }
    for (;; month++) {
        int length = lengths[month] + (month == 1 && year %% 4 == 0 && (year %% 100 != 0 || year %% 400 == 0));
        if (left < length) break;
        left -= length;
    }
    printf("\\"%%04d-%%02d-%%02d\\"", (int)year, (int)month + 1, (int)left + 1);
}
static char *next(char **at) {
    char *from = *at, *end = strpbrk(from, "\\t\\n");
    *at = end + 1;
    *end = 0;
    return from;
}
static void waits(const @_waiting *w) {
    bits("missing", w->missing, @U_FIELDS, field);
    bits("waiting", w->outcomes, @U_OUTCOMES, outcome);
    bits("assumptions", w->assumptions, @U_ASSUMPTIONS, assumption);
    bits("editions", w->editions, @U_ENTRIES, entry);
}
""" % (STATES, REASONS)


class Target:
    level = "-O1"

    def __init__(self, klausul, guideline, folder, schema_fields, compiler="cc"):
        self.folder, self.fields = folder, schema_fields
        source, header = os.path.join(folder, "x.c"), os.path.join(folder, "x.h")
        done = run([klausul, "build", guideline, "--target", "c", "-o", source])
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        with open(header, encoding="utf-8") as f:
            self.header = f.read()
        self.name = re.search(r"^int (\w+)_decide\(", self.header, re.M).group(1)
        with open(os.path.join(folder, "driver.c"), "w", encoding="utf-8") as f:
            f.write(self.driver())
        self.program = os.path.join(folder, "driver")
        for command in ([self.level, *STRICT, "-c", "-o", source[:-1] + "o", source], [self.level, "-o", self.program, os.path.join(folder, "driver.c"), source[:-1] + "o"]):
            done = run([compiler, "-I", folder, *command])
            if done.returncode:
                raise RuntimeError(done.stderr.decode()[:4000])

    # ---------------------------------------------------------------- what the header says
    def members(self, struct):
        """The members of the record or decision that are structs of their own: (body, name)."""
        body = re.search(r"typedef struct %s_%s \{\n(.*?)\n\} %s_%s;" % (self.name, struct, self.name, struct), self.header, re.S).group(1)
        return re.findall(r"^    struct \{\n(.*?)\n    \} (\w+);", body, re.S | re.M)

    def show(self, kind, unit, value):
        if kind == "bool":
            return f'printf("%s", {value} ? "true" : "false");'
        if kind == "uint64_t":
            names = re.search(r"code n of (\w+)", unit).group(1) + "_names"
            return f'codes({value}, {names}, sizeof {names} / sizeof *{names});'
        if kind == self.name + "_text":
            return f"text({value}.data, {value}.size);"
        if kind != "int64_t":
            return f"text({kind}_names[{value}], strlen({kind}_names[{value}]));"
        if "since 1970" in unit:
            return f"day({value});"
        scale = re.search(r"10\^(\d+)", unit)
        if "hundredths" in unit or scale:
            return f"scaled({value}, {scale.group(1) if scale else 2});"
        return f'printf("%" PRId64, {value});'

    def result(self, body, at, indent="    "):
        kind, unit = re.search(r"^\s*(\w+) value;(.*)$", body, re.M).groups()
        return (f'{indent}if ({at}.state == @U_DECIDED) {{ printf(", \\"value\\": "); {self.show(kind, unit, at + ".value")} }}\n'
                f'{indent}if ({at}.state == @U_EXTERNAL) {{ printf(", \\"document\\": "); text({at}.document.data, {at}.document.size); }}\n')

    def put_outcome(self, body, name, i):
        at = f"d.{name}"
        out = f'    printf("%s\\"%s\\": {{\\"state\\": \\"%s\\"", {i} ? ", " : "", outcome({i}), states[{at}.state]);\n'
        out += f'    if ({at}.state == @U_NONE) printf(", \\"reason\\": \\"%s\\"", reasons[{at}.reason]);\n'
        out += f'    bits("by", {at}.by, @U_ENTRIES, entry);\n    bits("by_one_of", {at}.by_one_of, @U_ENTRIES, entry);\n'
        out += f"    if ({at}.state == @U_UNDETERMINED) waits(&{at}.waiting);\n"
        entries = re.search(r"^        struct \{\n(.*?)\n        \} entries\[", body, re.S | re.M)
        if entries:
            out += f'    printf(", \\"entries\\": [");\n    for (size_t i = 0; i < {at}.count; i++) {{\n'
            out += f'        printf("%s{{\\"in\\": %d", i ? ", " : "", {at}.entries[i].state == @U_DECIDED);\n'
            for inner, column in re.findall(r"^            struct \{\n(.*?)\n            \} (\w+);", entries.group(1), re.S | re.M):
                where = f"{at}.entries[i].{column}"
                out += f'        printf(", \\"{column}\\": {{\\"state\\": \\"%s\\"", states[{where}.state]);\n'
                out += self.result(inner, where, "        ") + '        printf("}");\n'
            out += '        printf("}");\n    }\n    printf("]");\n'
        else:
            out += self.result(body, at)
        if " audit;" in body:
            out += f'    printf(", \\"audit\\": %d", (int){at}.audit);\n'
        return out + '    printf("}");\n'

    def take_field(self, f, body, name):
        kind = re.search(r"^\s*(\w+) value;", body, re.M).group(1)
        to = f"r.{name}"
        if kind == self.name + "_text":
            value = f"{to}.value.data = token + 1; {to}.value.size = strlen(token + 1);"
        elif kind == "bool":
            value = f"{to}.value = token[0] == '1';"
        elif kind == "uint64_t":
            value = f"{to}.value = strtoull(token, NULL, 10);"
        else:
            value = f"{to}.value = ({kind})strtoll(token, NULL, 10);"
        return f"        token = next(&at);\n        if (*token) {{ {to}.known = true; {value} }}\n"

    def driver(self):
        out = HEAD + "static char line[1 << 20];\nint main(void) {\n    while (fgets(line, sizeof line, stdin)) {\n"
        out += "        char *at = line, *token;\n        static @_decision d;\n        @_record r;\n        memset(&r, 0, sizeof r);\n"
        members = self.members("record")
        for f, (body, name) in zip(self.fields, members):
            out += self.take_field(f, body, name)
        out += "        if (@_decide(&r, &d) >= 0) {\n            puts(\"rejected\");\n            continue;\n        }\n"
        out += '        printf("{\\"outcomes\\": {");\n'
        outcomes = [m for m in self.members("decision")]
        for i, (body, name) in enumerate(outcomes):
            out += self.put_outcome(body, name, i)
        out += '        printf("}");\n'
        for what, count, name in (("findings", "ENTRIES", "entry"), ("warnings", "ENTRIES", "entry"), ("blocked_by", "ENTRIES", "entry"),
                                  ("assumptions", "ASSUMPTIONS", "assumption")):
            out += f'        bits("{what}", d.{what}, @U_{count}, {name});\n'
        out += '        printf(", \\"waits\\": {\\"x\\": 0");\n        waits(&d.waiting);\n        printf("}, \\"clauses\\": {");\n'
        out += '        for (size_t i = 0; i < @U_ENTRIES; i++) printf("%s\\"%s\\": \\"%s\\"", i ? ", " : "", entry(i), truths[d.clauses[i]]);\n'
        out += '        printf("}}\\n");\n    }\n    return 0;\n}\n'
        return out.replace("@U", self.name.upper()).replace("@", self.name)

    # ---------------------------------------------------------------- running it
    def token(self, f, record):
        if f.name not in record:
            return ""
        v = record[f.name]
        if f.kind == "yes/no":
            return str(int(v))
        if f.kind == "values":
            return str(f.values.index(v))
        if f.kind == "set":
            return str(sum(1 << f.values.index(x) for x in v))
        return "=" + v if f.kind == "text" else str(v)

    def decide(self, records):
        """Each decision as the driver's line of JSON."""
        lines = "".join("\t".join(self.token(f, r) for f in self.fields) + "\n" for r in records)
        done = run([self.program], input=lines.encode())
        if done.returncode:
            raise RuntimeError(f"driver: {done.returncode} {done.stderr.decode()[:400]}")
        return done.stdout.decode().splitlines()
