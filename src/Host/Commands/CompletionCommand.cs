using System.CommandLine;
using Gpu.Host.CommandLine;

namespace Gpu.Host.Commands;

/// <summary><c>gpu completion SHELL</c>: a script for a shell, which asks the program itself what can stand where the cursor is.</summary>
internal static class CompletionCommand
{
    private static readonly (string Shell, string Script)[] _scripts =
    [
        ("bash", """
            # eval "$(gpu completion bash)", in ~/.bashrc
            _gpu() {
                local IFS=$'\n' found="$("$1" "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null)"
                # To bash, what stands behind a = is a word of its own.
                [[ $COMP_WORDBREAKS == *=* ]] && found="$(sed 's/^--[a-z0-9-]*=//' <<< "$found")"
                COMPREPLY=($(compgen -W "$found" -- "${COMP_WORDS[COMP_CWORD]#=}"))
            }
            complete -o bashdefault -o default -F _gpu gpu
            """),
        ("zsh", """
            # eval "$(gpu completion zsh)", in ~/.zshrc behind compinit
            _gpu() {
                local -a found
                found=(${(f)"$("$words[1]" "[suggest:$CURSOR]" "$BUFFER" 2> /dev/null)"})
                if (( $#found )); then compadd -- $found; else compset -P "--*="; _files; fi
            }
            compdef _gpu gpu
            """),
        ("fish", """
            # gpu completion fish > ~/.config/fish/completions/gpu.fish
            function __gpu_words
                set -l line (commandline -cp | string collect)
                set -l words (commandline -opc)
                set -l found ($words[1] "[suggest:"(string length -- $line)"]" $line 2> /dev/null)
                if set -q found[1]
                    printf '%s\n' $found
                else
                    # Of --data=fi it is the file that is completed.
                    set -l word (commandline -ct)
                    set -l option (string match -r '^--[^=]+=' -- $word; or echo)
                    for path in (__fish_complete_path (string replace -r '^--[^=]+=' '' -- $word))
                        printf '%s\n' "$option$path"
                    end
                end
            end
            complete -c gpu -f -a '(__gpu_words)'
            """),
        ("pwsh", """
            # gpu completion pwsh | Out-String | Invoke-Expression, in $PROFILE
            Register-ArgumentCompleter -Native -CommandName gpu -ScriptBlock {
                param($word, $command, $cursor)
                # The command ends with its last word, the cursor may stand behind a blank.
                gpu "[suggest:$cursor]" ("$command".PadRight($cursor)) | Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """),
    ];

    internal static Command Create()
    {
        string[] shells = [.. _scripts.Select(script => script.Shell)];
        var shell = new Argument<string>("SHELL") { Description = $"{string.Join(", ", shells[..^1])} or {shells[^1]}" };
        shell.CompletionSources.Add(shells);
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var word, ..] && !shells.Contains(word.Value))
            {
                result.AddError($"Expected {shell.Description}, found '{word.Value}'");
            }
        });
        var command = new Command("completion", "Prints a script by which a shell completes this program's commands, options and values.") { shell };
        command.SetAction(parse =>
        {
            parse.InvocationConfiguration.Output.WriteLine(_scripts.First(script => script.Shell == parse.GetValue(shell)).Script);
            return ExitCodes.Done;
        });
        return command;
    }
}
