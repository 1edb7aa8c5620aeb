#compdef klausul
# klausul.zsh - completion for zsh: verbs, the flags of each verb, their values, files.
# May use: zsh's own completion functions. Installed as PREFIX/share/zsh/site-functions/_klausul.
# Start at the case on the verb; tests/cli/completions.py compares it with --help.

local -a verbs common include
verbs=(
    'check:read and check rule files'
    'run:decide every record'
    'explain:explain the decision on one record'
    'plan:show what changes between two editions'
    'test:run the examples in the rule files'
    'fmt:write rule files in the canonical layout'
    'template:write an empty file to fill with records'
    'build:build an image that loads without the rule text'
    'inspect:show what an image holds'
    'verify:test an image, and that it matches the rule text'
)
common=(
    '--lang[language of messages]:language:(sv en)'
    '--color[colour in messages]:when:(auto always never)'
    '(-h --help)'{-h,--help}'[show help]'
)
include=('*'{-I,--include}'[folder to look for used files in]:folder:_files -/')

_arguments -C $common '(-V --version)'{-V,--version}'[show the version]' '1:verb:->verb' '*::argument:->rest'
case $state in
verb) _describe 'verb' verbs ;;
rest)
    case $words[1] in
    check) _arguments $common $include '(-f --format)'{-f,--format}'[form of the messages]:form:(text json github)' '--effort[steps for each question]:number:' '*:rule file:_files' ;;
    run)
        _arguments $common $include \
            '(-o --output)'{-o,--output}'[write to file]:file:_files' \
            '(-f --format)'{-f,--format}'[form of the decisions]:form:(csv ndjson table)' \
            '--csv[semicolons and decimal commas]:form:(sv)' \
            '--input-format[form of the records]:form:(csv ndjson)' \
            '--encoding[encoding of CSV]:encoding:(utf-8 latin1)' \
            '--rejects[rejected records]:file:_files' \
            '--receipt[receipt as JSON]:file:_files' \
            '--summary[counts, totals, clauses]' \
            '--by[split the summary by a field]:field:' \
            '*--select[only those columns]:names:' \
            '--trace[every clause in each decision]' \
            '--keep[carry through columns that no field reads]' \
            '*--assume[give an assumption a value]:NAME=VALUE:' \
            '--fail-on[exit status 1 for these too]:what:(undetermined findings undetermined,findings)' \
            '(-j --threads)'{-j,--threads}'[number of threads]:number:' \
            '--stats[how fast it went]' \
            '1:guideline:_files' '2:records:_files'
        ;;
    explain)
        _arguments $common $include \
            '(-r --record)'{-r,--record}'[key of the record]:key:' \
            '--why-not[smallest change that gives it]:clause, rule, row or outcome=value:' \
            '*--fixed[fields that may not change]:fields:' \
            '(-f --format)'{-f,--format}'[form of the explanation]:form:(text json)' \
            '--plain[words instead of marks and colour]' \
            '--input-format[form of the records]:form:(csv ndjson)' \
            '--encoding[encoding of CSV]:encoding:(utf-8 latin1)' \
            '*--assume[give an assumption a value]:NAME=VALUE:' \
            '1:guideline:_files' '2:records:_files'
        ;;
    plan)
        _arguments $common $include \
            '(-f --format)'{-f,--format}'[form of the report]:form:(text json)' \
            '(-o --output)'{-o,--output}'[write to file]:file:_files' \
            '*--assume[give an assumption a value]:NAME=VALUE:' \
            '--input-format[form of the records]:form:(csv ndjson)' \
            '--encoding[encoding of CSV]:encoding:(utf-8 latin1)' \
            '(-j --threads)'{-j,--threads}'[number of threads]:number:' \
            '1:old edition:_files' '2:new edition:_files' '3:records:_files'
        ;;
    test)
        _arguments $common $include \
            '(-f --format)'{-f,--format}'[form of the report]:form:(text json junit)' \
            '--threshold[least share tried both ways]:percent:' \
            '--suggest[write examples for what no example tries]' \
            '--mutate[tell what no example notices]' \
            '(-o --output)'{-o,--output}'[write to file]:file:_files' '*:rule file:_files'
        ;;
    fmt) _arguments $common '--check[write nothing, name files that would change]' '--keywords[translate the keywords]:language:(sv en)' '*:rule file:_files' ;;
    template)
        _arguments $common $include \
            '(-f --format)'{-f,--format}'[form of the template]:form:(csv json-schema)' \
            '--csv[semicolons]:form:(sv)' '(-o --output)'{-o,--output}'[write to file]:file:_files' '1:guideline:_files'
        ;;
    build)
        _arguments $common $include '(-o --output)'{-o,--output}'[write to file]:file:_files' \
            '--target[what to build]:target:(image c sql)' '--dialect[the database]:dialect:(postgresql sqlite duckdb tsql oracle)' '1:guideline:_files'
        ;;
    inspect) _arguments $common '(-o --output)'{-o,--output}'[write to file]:file:_files' '1:image:_files' ;;
    verify) _arguments $common $include '1:image:_files' '2:rule file:_files' ;;
    esac
    ;;
esac
