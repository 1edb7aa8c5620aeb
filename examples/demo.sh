#!/usr/bin/env bash
# demo.sh - the demonstration of `make demo`: decides a file of contacts under the VGR guideline, sums up, explains one of them.
# May use: the built klausul, the shipped rules and the records beside this file; writes into a folder of its own under build/.
# Start at the numbered steps; each shows the command it runs.
set -u
klausul=${1:-build/klausul}
cd "$(dirname "$0")/.." || exit 2
out=$(dirname "$klausul")/demo
mkdir -p "$out" || exit 2

# say SWEDISH ENGLISH: in the language of the locale, as klausul itself
locale=${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}
say() {
    case $locale in
    sv*) echo "$1" ;;
    *) echo "$2" ;;
    esac
}

show() { # prints the command as one would type it, then runs it; 1 only says that something was found
    local code
    printf '\n$ klausul'
    printf ' %s' "$@"
    printf '\n\n'
    "$klausul" "$@"
    code=$?
    if [ $code -gt 1 ]; then
        say "demo: klausul slutade med $code" "demo: klausul ended with $code" >&2
        exit 1
    fi
}

guideline=rules/vgr/distanskontakter
records=examples/vgr/kontakter.csv

count=$(($(wc -l <$records) - 1))
say "Klausul avgör $count kontakter enligt $guideline." "Klausul decides $count contacts by $guideline."
echo
say "1. Varje kontakt får sina beslut, eller avvisas med skälet; sammanfattningen går jämnt upp med indata." \
    "1. Every contact gets its decisions, or is rejected with the reason; the summary adds up to the input."
show run $guideline $records -o "$out/beslut.csv" --format csv --rejects "$out/avvisade.csv" --receipt "$out/kvitto.json" --summary

echo
say "2. Vad som avvisades, och varför (de första raderna i $out/avvisade.csv):" \
    "2. What was rejected, and why (the first lines of $out/avvisade.csv):"
echo
head -n 4 "$out/avvisade.csv"

echo
say "3. En kontakt förklarad, klausul för klausul, med stället i dokumentet bredvid:" \
    "3. One contact explained, clause by clause, with the passage of the document beside each:"
show explain $guideline $records --record "${2:-10482}"

echo
say "Skrivet: $out/beslut.csv (alla beslut), $out/avvisade.csv, $out/kvitto.json." \
    "Written: $out/beslut.csv (all decisions), $out/avvisade.csv, $out/kvitto.json."
