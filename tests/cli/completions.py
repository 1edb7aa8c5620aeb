# completions.py - what bash, zsh and fish complete, asked of the shells themselves, against --help; a shell that is not installed is skipped.
# May include: the Python standard library and tests/suite.py; `.ci/deps lint` installs zsh and fish.
# Start at main(): lines as they are typed, and what must be offered for each.
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from suite import ROOT, Count, build_option, clean_environment, run  # noqa: E402

HERE = os.path.join(ROOT, "compiler", "cli")
FILE = "kontakter.csv"

# Lines come one to a line of standard input; offers go out one to a line after `== LINE`.
BASH = r"""
. "$1"
while IFS= read -r line; do
    echo "== $line"
    read -r -a COMP_WORDS <<<"$line"
    [[ $line == *' ' ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _klausul
    printf '%s\n' "${COMPREPLY[@]}"
done
"""
FISH = r"""
source $argv[1]
while read -l line
    echo "== $line"
    complete -C "$line" | string replace -r '\t.*' ''
end
"""
# zsh completes in its line editor only, so one is started on a terminal of its own, and what its compadd takes is written down.
ZSH = r"""
zmodload zsh/zpty
zpty editor zsh -f -i
zpty -w editor "source ${(q)1} ${(q)2} ${(q)3}"
zpty -w editor $'\C-t'
repeat 300; do
    [[ "$(tail -n 1 $3 2>/dev/null)" == "== " ]] && break
    sleep 0.1
done
zpty -d editor
cat $3
"""
ZSH_EDITOR = r"""
fpath=($1 $fpath) told=$2
autoload -Uz compinit && compinit -u -D
compadd() {
    local -a offers
    if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
        builtin compadd -A offers "$@"
        print -rl -- $offers >>$told
    fi
    builtin compadd "$@"
}
capture() {
    local line
    while IFS= read -r line; do
        print -r -- "== $line" >>$told
        BUFFER=$line CURSOR=$#line
        zle list-choices
    done <$told.lines
    print -r -- "== " >>$told
}
zle -N capture
bindkey '^T' capture
"""


def offers(shell, lines, folder):
    """{line: what the shell offers there}, in a folder that holds FILE."""
    there = os.path.join(folder, "there")
    os.makedirs(there, exist_ok=True)
    open(os.path.join(there, FILE), "w", encoding="utf-8").close()
    env = dict(clean_environment(), HOME=folder, TERM="xterm")
    typed = "".join(line + "\n" for line in lines)
    if shell == "zsh":
        told, editor, site = (os.path.join(folder, n) for n in ("told", "editor.zsh", "site"))
        os.mkdir(site)
        shutil.copy(os.path.join(HERE, "klausul.zsh"), os.path.join(site, "_klausul"))
        for path, text in ((told + ".lines", typed), (editor, ZSH_EDITOR)):
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        command = ["zsh", "-f", "-c", ZSH, "zsh", editor, site, told]
    else:
        script = {"bash": BASH, "fish": FISH}[shell]
        command = [shell, *(["--norc"] if shell == "bash" else ["--no-config"]), "-c", script]
        command += (["bash"] if shell == "bash" else []) + [os.path.join(HERE, "klausul." + shell)]
    done = run(command, env=env, cwd=there, input=typed.encode(), timeout=120)
    found, line = {}, None
    for text in done.stdout.decode("utf-8", "replace").split("\n"):
        if text.startswith("== "):
            line = text[3:]
            found[line] = set()
        elif line is not None and text:
            found[line].add(text)
    return found, (done.stdout + done.stderr).decode("utf-8", "replace")[-500:]


def wanted(klausul):
    """{line: (what must be offered, what may be besides)} as --help has it."""
    env = clean_environment()
    help_of = lambda *verb: run([klausul, "--lang", "en", *verb, "--help"], env=env).stdout.decode()  # noqa: E731
    verbs = re.findall(r"^  ([a-z]+)  ", help_of(), re.M)
    lines = {"klausul ": (set(verbs), set())}
    for verb in verbs:
        flags = re.findall(r"^  (?:(-\w), |    )(--[a-z][a-z-]*)(?: (\S+))?", help_of(verb), re.M)
        lines[f"klausul {verb} -"] = ({long for _, long, _ in flags}, {short for short, _, _ in flags if short})
        for short, long, value in flags:
            if re.fullmatch(r"[a-z0-9|-]*\|[a-z0-9|-]*", value):
                lines[f"klausul {verb} {long} "] = (set(value.split("|")), set())
                if short:
                    lines[f"klausul {verb} {short} "] = (set(value.split("|")), set())
    for line in ("klausul check ", "klausul run rules ", "klausul run --threads 2 rules ", "klausul run rules kon", "klausul build rules -o "):
        lines[line] = ({FILE}, set())
    lines["klausul run --fo"] = ({"--format"}, set())
    return lines


def main():
    count = Count()
    lines = wanted(os.path.join(build_option(), "klausul"))
    count.check("lines to complete", len(lines) > 40, sorted(lines))
    for shell in ("bash", "zsh", "fish"):
        if not shutil.which(shell):
            count.skip(f"completion in {shell}", "it is not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            found, said = offers(shell, lines, folder)
        for line, (must, may) in lines.items():
            got = found.get(line)
            good = got is not None and must <= got and not got - must - may
            count.check(f"{shell}: {line}", good, f"offered: {' '.join(sorted(got))}\nnot: {' '.join(sorted(must - got))}" if got is not None else said)
    return count.finish()


if __name__ == "__main__":
    sys.exit(main())
