/**
 * What shells are given. Each asks `ls-record __complete <shell> …`, which answers with a first line, `files` or `words`,
 * and then a line for each candidate, quoted as that shell wants it.
 */
const bash = `# Completion of ls-record for bash, 3.2 or later.
#
# To install it permanently:
#   mkdir -p ~/.local/share/bash-completion/completions
#   ls-record completion bash > ~/.local/share/bash-completion/completions/ls-record
# or, without the package bash-completion, add to ~/.bashrc:
#   source <(ls-record completion bash)

_ls_record() {
  local line first=
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z $first ]]; then first=$line
    else COMPREPLY+=("$line")
    fi
  done < <("\${COMP_WORDS[0]}" __complete bash "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  # bash 3.2 has no compopt: there, files are offered where nothing else is.
  if type compopt &>/dev/null; then
    if [[ $first == words ]]; then compopt +o default; fi
    if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
  fi
}

complete -o default -F _ls_record ls-record`;

const zsh = `#compdef ls-record
# Completion of ls-record for zsh.
#
# To install it permanently, where compinit finds it (see: print -l $fpath):
#   ls-record completion zsh > "\${fpath[1]}/_ls-record"
# or add to ~/.zshrc, below compinit:
#   source <(ls-record completion zsh)

_ls_record() {
  local -a lines
  lines=("\${(@f)$("\${words[1]}" __complete zsh "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  compset -P '--[a-z-]#='
  if [[ \${lines[1]} == files ]]; then
    _files
    return
  fi
  shift lines
  (( \${#lines} )) && _describe -V 'ls-record' lines
}

if [[ \${funcstack[1]} == _ls-record ]]; then
  _ls_record "$@"
else
  compdef _ls_record ls-record
fi`;

const fish = `# Completion of ls-record for fish.
#
# To install it permanently:
#   mkdir -p ~/.config/fish/completions
#   ls-record completion fish > ~/.config/fish/completions/ls-record.fish

function __ls_record_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($before[1] __complete fish $before[2..-1] "$current" 2>/dev/null)
    if test "$lines[1]" = files
        set -l flag (string match -r '^--[a-z-]+=' -- "$current")
        for file in (__fish_complete_path (string replace -r '^--[a-z-]+=' '' -- "$current"))
            printf '%s\\n' "$flag$file"
        end
    else
        printf '%s\\n' $lines[2..-1]
    end
end

complete -c ls-record -f -k -a '(__ls_record_complete)'`;

export const COMPLETION_SCRIPTS = { bash, zsh, fish } as const;

export type Shell = keyof typeof COMPLETION_SCRIPTS;
