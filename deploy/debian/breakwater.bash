# Completion for breakwater in bash: asks the program itself which commands and options there are.
_breakwater() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words=() word help
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == [a-z]* ]] || break
        words+=("$word")
    done
    case $previous in
        --policy | --config | --state | --log | --out)
            compopt -o default
            return
            ;;
    esac
    help=$(breakwater "${words[@]}" --help 2>/dev/null)
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(grep -oE -- '--[a-z][a-z-]*' <<<"$help" | sort -u)" -- "$current")
    else
        mapfile -t COMPREPLY < <(compgen -W "$(sed -n '/^Subcommands:/,$s/^  \([a-z][a-z-]*\) .*/\1/p' <<<"$help")" -- "$current")
        [[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default
    fi
}
complete -F _breakwater breakwater
