/// What teaches a shell to ask `tessera complete`.
enum CompletionScript {
  static let bash = #"""
    # Words are what blanks separate: bash also parts them at = and :.
    _tessera() {
      local line=$COMP_LINE words=() index word current prefix kind text help file
      for ((index = 0; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ $index -gt 0 && -n $line && $line != [[:space:]]* ]]; then
          words[-1]+=$word
        else
          words+=("$word")
        fi
        line=${line#"${line%%[![:space:]]*}"}
        line=${line#"$word"}
      done
      current=${words[-1]}
      COMPREPLY=()
      {
        IFS= read -r prefix
        current=${current#"$prefix"}
        while IFS=$'\t' read -r kind text help; do
          if [[ $kind == word ]]; then
            COMPREPLY+=("$text")
            if [[ $text == *: ]]; then compopt -o nospace; fi
            continue
          fi
          while IFS= read -r file; do
            if [[ -d $file || ($kind == files && (-z $text || " $text " == *" ${file##*.} "*)) ]]; then
              compopt -o filenames
              COMPREPLY+=("$file")
            fi
          done < <(compgen -f -- "$current")
          if [[ ${#COMPREPLY[@]} -eq 0 ]]; then compopt -o default; fi
        done
      } < <("${words[0]/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null)
    }
    complete -F _tessera tessera

    """#

  static let zsh = #"""
    #compdef tessera
    _tessera() {
      local -a lines fields found
      local line prefix
      lines=("${(@f)$("${(Q)words[1]/#\~/$HOME}" complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
      prefix=$lines[1]
      compset -p ${#prefix}
      for line in "${(@)lines[2,-1]}"; do
        fields=("${(@ps:\t:)line}")
        case $fields[1] in
          word) found+=("${fields[2]//:/\\:}:$fields[3]") ;;
          files)
            if [[ -n $fields[2] ]]; then
              _files -g "*.(${fields[2]// /|})"
            else
              _files
            fi
            ;;
          folders) _files -/ ;;
        esac
      done
      if (( $#found )); then
        _describe -V word found
      fi
    }
    if [[ $funcstack[1] == _tessera ]]; then
      _tessera "$@"
    else
      compdef _tessera tessera
    fi

    """#

  static let fish = #"""
    function __tessera_complete
      set -l words (commandline -opc)
      set -l current (commandline -ct)
      set -l tool (string replace -r '^~' $HOME -- $words[1])
      set -e words[1]
      set -l lines ($tool complete -- $words "$current" 2>/dev/null)
      set -l prefix $lines[1]
      set -e lines[1]
      set -l rest (string sub -s (math 1 + (string length -- "$prefix")) -- "$current")
      for line in $lines
        set -l fields (string split \t -- $line)
        if test $fields[1] = word
          printf '%s\t%s\n' "$prefix$fields[2]" "$fields[3]"
          continue
        end
        for file in $rest*
          set -l ending (string match -r '[^.]*$' -- $file)
          if test -d $file
            printf '%s/\n' "$prefix$file"
          else if test $fields[1] = files; and begin
              test -z "$fields[2]"; or contains -- $ending (string split ' ' -- $fields[2])
            end
            printf '%s\n' "$prefix$file"
          end
        end
      end
    end
    complete -c tessera -f -a '(__tessera_complete)'

    """#
}
