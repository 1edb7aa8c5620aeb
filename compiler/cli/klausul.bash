# klausul.bash - completion for bash: verbs, the flags of each verb, their values, files.
# May use: bash alone. Installed as PREFIX/share/bash-completion/completions/klausul.
# Start at _klausul_flags: one line for each verb; tests/cli/completions.py compares it with --help.

_klausul_flags() {
    local common="--lang --color --help"
    case $1 in
    check) echo "--format --effort --include $common" ;;
    run) echo "--output --format --csv --input-format --encoding --rejects --receipt --summary --by --select --trace --keep --assume --fail-on --threads --stats --include $common" ;;
    explain) echo "--record --why-not --fixed --format --plain --input-format --encoding --assume --include $common" ;;
    plan) echo "--format --output --assume --input-format --encoding --threads --include $common" ;;
    test) echo "--format --threshold --suggest --mutate --output --include $common" ;;
    fmt) echo "--check --keywords $common" ;;
    template) echo "--format --csv --output --include $common" ;;
    build) echo "--output --target --dialect --include $common" ;;
    inspect) echo "--output $common" ;;
    verify) echo "--include $common" ;;
    *) echo "$common --version" ;;
    esac
}

_klausul_values() { # verb, flag
    case $2 in
    --lang | --keywords) echo "sv en" ;;
    --color) echo "auto always never" ;;
    --csv) echo "sv" ;;
    --input-format) echo "csv ndjson" ;;
    --encoding) echo "utf-8 latin1" ;;
    --fail-on) echo "undetermined findings undetermined,findings" ;;
    --target) echo "image c sql" ;;
    --dialect) echo "postgresql sqlite duckdb tsql oracle" ;;
    --format | -f)
        case $1 in
        check) echo "text json github" ;;
        run) echo "csv ndjson table" ;;
        explain | plan) echo "text json" ;;
        test) echo "text json junit" ;;
        template) echo "csv json-schema" ;;
        esac
        ;;
    esac
}

_klausul() {
    local verbs="check run explain plan test fmt template build inspect verify"
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb="" i values
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case " $verbs " in *" ${COMP_WORDS[i]} "*)
            verb=${COMP_WORDS[i]}
            break
            ;;
        esac
    done
    values=$(_klausul_values "$verb" "$before")
    if [ -n "$values" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_klausul_flags "$verb")" -- "$word")
    elif [ -z "$verb" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null
    fi
}
complete -F _klausul klausul
