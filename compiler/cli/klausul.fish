# klausul.fish - completion for fish: verbs, the flags of each verb, their values, files.
# May use: fish's own complete. Installed as PREFIX/share/fish/vendor_completions.d/klausul.fish.
# Start at the verbs; each flag names the verbs that take it; tests/docs/run.py compares it with --help.

function __klausul_verb
    __fish_seen_subcommand_from $argv
end

complete -c klausul -n __fish_use_subcommand -f -a check -d 'read and check rule files'
complete -c klausul -n __fish_use_subcommand -f -a run -d 'decide every record'
complete -c klausul -n __fish_use_subcommand -f -a explain -d 'explain the decision on one record'
complete -c klausul -n __fish_use_subcommand -f -a plan -d 'show what changes between two editions'
complete -c klausul -n __fish_use_subcommand -f -a test -d 'run the examples in the rule files'
complete -c klausul -n __fish_use_subcommand -f -a fmt -d 'write rule files in the canonical layout'
complete -c klausul -n __fish_use_subcommand -f -a template -d 'write an empty file to fill with records'
complete -c klausul -n __fish_use_subcommand -f -a build -d 'build an image that loads without the rule text'
complete -c klausul -n __fish_use_subcommand -f -a inspect -d 'show what an image holds'
complete -c klausul -n __fish_use_subcommand -f -a verify -d 'test an image, and that it matches the rule text'

complete -c klausul -l lang -x -a 'sv en' -d 'language of messages'
complete -c klausul -l color -x -a 'auto always never' -d 'colour in messages'
complete -c klausul -s h -l help -d 'show help'
complete -c klausul -n __fish_use_subcommand -s V -l version -d 'show the version'

complete -c klausul -n '__klausul_verb check' -s f -l format -x -a 'text json github' -d 'form of the messages'
complete -c klausul -n '__klausul_verb check' -l effort -x -d 'steps for each question that is proved'
complete -c klausul -n '__klausul_verb run' -s f -l format -x -a 'csv ndjson table' -d 'form of the decisions'
complete -c klausul -n '__klausul_verb explain' -s f -l format -x -a 'text json' -d 'form of the explanation'
complete -c klausul -n '__klausul_verb plan' -s f -l format -x -a 'text json' -d 'form of the report'
complete -c klausul -n '__klausul_verb test' -s f -l format -x -a 'text json junit' -d 'form of the report'
complete -c klausul -n '__klausul_verb template' -s f -l format -x -a 'csv json-schema' -d 'form of the template'
complete -c klausul -n '__klausul_verb run plan test template build inspect' -s o -l output -r -d 'write to file'
complete -c klausul -n '__klausul_verb check run explain plan test template build verify' -s I -l include -r -d 'folder to look for used files in'
complete -c klausul -n '__klausul_verb run template' -l csv -x -a sv -d 'semicolons and decimal commas'
complete -c klausul -n '__klausul_verb run explain plan' -l input-format -x -a 'csv ndjson' -d 'form of the records'
complete -c klausul -n '__klausul_verb run explain plan' -l encoding -x -a 'utf-8 latin1' -d 'encoding of CSV'
complete -c klausul -n '__klausul_verb run explain plan' -l assume -x -d 'give an assumption a value'
complete -c klausul -n '__klausul_verb run' -l rejects -r -d 'rejected records'
complete -c klausul -n '__klausul_verb run' -l receipt -r -d 'receipt as JSON'
complete -c klausul -n '__klausul_verb run' -l summary -d 'counts, totals, clauses'
complete -c klausul -n '__klausul_verb run' -l by -x -d 'split the summary by a field'
complete -c klausul -n '__klausul_verb run' -l select -x -d 'only those columns'
complete -c klausul -n '__klausul_verb run' -l trace -d 'every clause in each decision'
complete -c klausul -n '__klausul_verb run' -l keep -d 'carry through columns that no field reads'
complete -c klausul -n '__klausul_verb run' -l fail-on -x -a 'undetermined findings undetermined,findings' -d 'exit status 1 for these too'
complete -c klausul -n '__klausul_verb run plan' -s j -l threads -x -d 'number of threads'
complete -c klausul -n '__klausul_verb run' -l stats -d 'how fast it went'
complete -c klausul -n '__klausul_verb explain' -s r -l record -x -d 'key of the record'
complete -c klausul -n '__klausul_verb explain' -l plain -d 'words instead of marks and colour'
complete -c klausul -n '__klausul_verb test' -l threshold -x -d 'least share tried both ways'
complete -c klausul -n '__klausul_verb fmt' -l check -d 'write nothing, name files that would change'
complete -c klausul -n '__klausul_verb fmt' -l keywords -x -a 'sv en' -d 'translate the keywords'
complete -c klausul -n '__klausul_verb build' -l target -x -a "image c sql" -d 'what to build'
complete -c klausul -n '__klausul_verb build' -l dialect -x -a "postgresql sqlite duckdb" -d 'the database'
