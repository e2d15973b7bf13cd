using System.Globalization;
using System.Text;

namespace HoiAm.Cli.Commands;

/// <summary>Writes the scripts. Each walks the words before the cursor to the deepest command, then offers what may follow it.</summary>
internal static class CompletionScripts
{
    public static string Bash(IReadOnlyList<CompletionEntry> entries)
    {
        var script = Head("bash", "~/.local/share/bash-completion/completions/hoiam").Append("""
            _hoiam_words() {
              case "$1" in

            """);
        foreach (var entry in entries)
        {
            script.Append(CultureInfo.InvariantCulture, $"    '{entry.Path}') printf '%s' '{string.Join(' ', entry.Words.Select(w => w.Word))}' ;;\n");
        }

        return script.Append("""
              esac
            }

            _hoiam() {
              local cur=${COMP_WORDS[COMP_CWORD]} path='' word i words
              for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                case "$word" in -*) continue ;; esac
                case " $(_hoiam_words "$path") " in *" $word "*) path="${path:+$path }$word" ;; esac
              done
              words=$(_hoiam_words "$path")
              mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            }

            complete -o default -F _hoiam hoiam ./hoiam

            """).ToString();
    }

    public static string Zsh(IReadOnlyList<CompletionEntry> entries)
    {
        var script = new StringBuilder("#compdef hoiam\n").Append(Head("zsh", "a folder of $fpath, as _hoiam")).Append("""
            _hoiam_words() {
              case "$1" in

            """);
        foreach (var entry in entries)
        {
            script.Append(CultureInfo.InvariantCulture, $"    '{entry.Path}') reply=({string.Join(' ', entry.Words.Select(w => "'" + Colon(w.Word) + ":" + Quote(w.Description) + "'"))}) ;;\n");
        }

        return script.Append("""
              esac
            }

            _hoiam() {
              local path_so_far='' word
              local -a reply names
              for word in ${words[2,CURRENT-1]}; do
                [[ $word == -* ]] && continue
                _hoiam_words "$path_so_far"
                names=(${reply%%:*})
                (( ${names[(Ie)$word]} )) && path_so_far="${path_so_far:+$path_so_far }$word"
              done
              _hoiam_words "$path_so_far"
              _describe 'hoiam' reply || _files
            }

            if [ "$funcstack[1]" = _hoiam ]; then _hoiam "$@"; else compdef _hoiam hoiam; fi

            """).ToString();

        static string Colon(string word) => word.Replace(":", "\\:", StringComparison.Ordinal);
    }

    public static string Fish(IReadOnlyList<CompletionEntry> entries)
    {
        var script = Head("fish", "~/.config/fish/completions/hoiam.fish").Append("""
            function __hoiam_at
                set -l path
                for word in (commandline -opc)[2..-1]
                    string match -q -- '-*' $word; and continue
                    contains -- "$path $word" $__hoiam_paths; and set path "$path $word"
                end
                test "$path" = "$argv[1]"
            end


            """);
        script.Append(CultureInfo.InvariantCulture, $"set -g __hoiam_paths {string.Join(' ', entries.Where(e => e.Path.Length > 0).Select(e => "' " + e.Path + "'"))}\n");
        foreach (var entry in entries)
        {
            var at = entry.Path.Length == 0 ? "" : " " + entry.Path;
            foreach (var (word, description) in entry.Words)
            {
                var what = word.StartsWith("--", StringComparison.Ordinal) ? "-l " + word[2..] : "-a " + word;
                script.Append(CultureInfo.InvariantCulture, $"complete -c hoiam -n \"__hoiam_at '{at}'\" {what} -d '{description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'\n");
            }
        }

        return script.ToString();
    }

    public static string PowerShell(IReadOnlyList<CompletionEntry> entries)
    {
        var script = Head("PowerShell", "$PROFILE").Append("$script:hoiamWords = @{\n");
        foreach (var entry in entries)
        {
            script.Append(CultureInfo.InvariantCulture, $"  '{entry.Path}' = @({string.Join(", ", entry.Words.Select(w => $"@('{w.Word}', '{w.Description.Replace("'", "''", StringComparison.Ordinal)}')"))})\n");
        }

        return script.Append("""
            }

            Register-ArgumentCompleter -Native -CommandName hoiam -ScriptBlock {
              param($wordToComplete, $commandAst, $cursorPosition)
              $path = ''
              foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
                if ($element.Extent.EndOffset -ge $cursorPosition) { break }
                $next = "$path $element".Trim()
                if ($script:hoiamWords.ContainsKey($next)) { $path = $next }
              }
              foreach ($pair in $script:hoiamWords[$path]) {
                if ($pair[0].StartsWith($wordToComplete)) {
                  $tip = if ($pair[1]) { $pair[1] } else { $pair[0] }
                  [System.Management.Automation.CompletionResult]::new($pair[0], $pair[0], 'ParameterValue', $tip)
                }
              }
            }

            """).ToString();
    }

    private static StringBuilder Head(string shell, string place) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"# Completion of hoiam in {shell}, made by: hoiam completion {shell.ToLowerInvariant()}. Its place: {place}\n");

    private static string Quote(string text) => text.Replace("'", "'\\''", StringComparison.Ordinal);
}
