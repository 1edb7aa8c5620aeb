# page.py - what `make bench` found as tables and as a plot: printed, and with `make plot` put into lang/spec/speed.md and speed.svg.
# May include: the Python standard library.
# Start at everything() for the tables, svg() for the plot; main() writes them from bench.json in the build folder.
import argparse
import json
import math
import os
import re
import sys
from xml.sax.saxutils import escape

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "lang", "spec", "speed.md")
PLOT = os.path.join(ROOT, "lang", "spec", "speed.svg")
NOT_MEASURED = "not measured"


def rate(n):
    """Rows a second, three figures."""
    if not n:
        return NOT_MEASURED
    for size, unit in ((1e9, "G/s"), (1e6, "M/s"), (1e3, "k/s")):
        if n >= size:
            return f"{n / size:.{2 if n < 10 * size else 1 if n < 100 * size else 0}f} {unit}"
    return f"{n:.0f} /s"


def in_table(head, rows, right=()):
    """A Markdown table with columns of even width."""
    rows = [[str(c) for c in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    shaped = lambda row: "| " + " | ".join(c.rjust(w) if i in right else c.ljust(w)  # noqa: E731
                                           for i, (c, w) in enumerate(zip(row, widths))) + " |"
    return [shaped(head), "|" + "|".join("-" * (w + 1) + (":" if i in right else "-") for i, w in enumerate(widths)) + "|",
            *map(shaped, rows)]


def where(found):
    m = found["machine"]
    return [f"Measured {m['date']} at {m['commit']}: {m['processor']}, {m['cores']} cores, {m['vectors'] or 'no vectors'}, "
            f"{m['system']}; built by {m['compiler']}.",
            f"{found['rows']:,} records for what is fast and fewer for what is slow; medians of {found['rounds']} rounds in one run."]


def goals(found):
    return in_table(found["head"], found["table"], range(1, 8))


def peers(found):
    rows = [[p["name"], p.get("version", ""), rate(p.get("rate")), f"{p['rows']:,}" if "rows" in p else "",
             f"{p['checked']:,}" if "checked" in p else ""] for p in found["peers"]]
    return in_table(["peer", "version", "rows a second", "of rows", "checked equal on"], rows, (2, 3, 4))


def grown(found):
    rows = [[g["what"], rate(g["rate"]), f"{g['nanoseconds']:.2f} ns" if g["nanoseconds"] else "",
             f"{g['compile']:.0f} ms" if g["compile"] else "", f"{g['peak_kb'] / 1024:.1f} MB"] for g in found["growth"]]
    return in_table(["", "from CSV", "in memory, a record", "compile", "peak memory"], rows, (1, 2, 3, 4))


def proofs(found):
    """What `klausul check` proves and in what time; a code is a finding, none means that there is nothing to say."""
    kinds = {"complete": "a complete table of 12 columns", "wildcard": "a table of random wildcards, 12 columns"}
    rows = [[kinds.get(kind, kind), f"{n:,}" if n else "", f"{seconds:.2f} s", " ".join(codes)] for kind, n, seconds, codes in found["proofs"]]
    return in_table(["checked", "rows", "processor time", "findings"], rows, (1, 2))


def where_tools(found):
    m = found["machine"]
    return [f"Measured {m['date']} at {m['commit']}: {m['processor']}, {m['cores']} cores, {m['vectors'] or 'no vectors'}, "
            f"{m['system']}; built by {m['compiler']}. Medians of {found['rounds']} rounds in one run."]


def tools(found):
    rows = [[t["name"], rate(t.get("rate")), f"{t['rows']:,}" if t.get("rows") else "", t["more"]] for t in found["tools"]]
    return in_table(["decided by", "rows a second", "of rows", "beside the five outcomes"], rows, (1, 2))


def everything(found):
    parts = [where(found), goals(found), peers(found), *([grown(found)] if found["growth"] else []),
             *([proofs(found)] if found["proofs"] else [])]
    return [line for part in parts for line in [*part, ""]][:-1]


# ---------------------------------------------------------------- the plot
LEFT, RIGHT, TOP, ROW, BAR, WIDTH = 250, 92, 74, 26, 17, 860
STYLE = """
  text { font: 14px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 } .small { font-size: 12px; fill: #59636e }
  .paper { fill: #ffffff } .grid { stroke: #d1d9e0 } .klausul { fill: #0969da } .c { fill: #8c959f } .peer { fill: #bc7a00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 } .paper { fill: #0d1117 } .grid { stroke: #3d444d }
    .klausul { fill: #4493f8 } .c { fill: #7d8590 } .peer { fill: #d29922 }
  }"""


def svg(found):
    """Bars on a logarithmic scale, the fastest first."""
    bars = sorted(found["bars"], key=lambda bar: -bar[2])
    least = min(n for _, _, n in bars)
    low = 10 ** math.floor(math.log10(least / 2.5))
    high = max(n for _, _, n in bars) * 1.05
    width = WIDTH - LEFT - RIGHT
    at = lambda n: width * (math.log10(n) - math.log10(low)) / (math.log10(high) - math.log10(low))  # noqa: E731
    bottom = TOP + ROW * len(bars) + 4
    height = bottom + 66
    m = found["machine"]
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
           'aria-labelledby="title">', f"<style>{STYLE}\n</style>", f'<rect class="paper" width="{WIDTH}" height="{height}" rx="6"/>',
           '<text id="title" class="title" x="20" y="31">Records decided a second, from a file of records to a file of decisions'
           "</text>",
           '<text class="small" x="20" y="53">logarithmic scale; the same guideline, the same records, the same decisions</text>']
    tick = low
    while tick <= high:
        x = LEFT + at(tick)
        name = {3: "k", 6: "M", 9: "G"}[int(math.log10(tick) + 0.001) // 3 * 3]
        label = f"{tick / 10 ** (int(math.log10(tick) + 0.001) // 3 * 3):.0f} {name}"
        out.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{bottom}"/>')
        out.append(f'<text class="small" text-anchor="middle" x="{x:.1f}" y="{bottom + 17}">{label}</text>')
        tick *= 10
    for i, (name, kind, n) in enumerate(bars):
        y = TOP + ROW * i
        out.append(f'<text text-anchor="end" x="{LEFT - 10}" y="{y + 14}">{escape(name)}</text>')
        out.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(at(n), 2):.1f}" height="{BAR}" rx="2"/>')
        out.append(f'<text x="{LEFT + at(n) + 8:.1f}" y="{y + 14}">{rate(n)}</text>')
    out.append(f'<text class="small" x="20" y="{bottom + 40}">{escape(m["processor"])}, {m["cores"]} cores, {m["vectors"]}, '
               f'{escape(m["system"].split("-")[0])}, {escape(m["compiler"])}; {m["date"]}</text>')
    out.append(f'<text class="small" x="20" y="{bottom + 57}">one thread unless said; who is slow got fewer records</text>')
    return "\n".join([*out, "</svg>", ""])


def put(text, mark, lines):
    """The text with those lines between <!-- mark --> and <!-- /mark -->."""
    new, times = re.subn(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", lambda m: m[1] + "\n".join([*lines, ""]) + m[2], text,
                         flags=re.S)
    if times != 1:
        sys.exit(f"{PAGE}: the marks of {mark} stand {times} times")
    return new


def write(marks):
    """Puts lines into the manual's page, each under its mark."""
    with open(PAGE, encoding="utf-8") as f:
        text = f.read()
    for mark, lines in marks.items():
        text = put(text, mark, lines)
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    parser = argparse.ArgumentParser(description="puts what make bench found into the manual")
    parser.add_argument("--build", default="build", help="the build folder (default: build)")
    with open(os.path.join(ROOT, parser.parse_args().build, "bench.json"), encoding="utf-8") as f:
        found = json.load(f)
    write({"measured": where(found), "goals": goals(found), "peers": peers(found), "growth": grown(found), "proofs": proofs(found)})
    with open(PLOT, "w", encoding="utf-8") as f:
        f.write(svg(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
