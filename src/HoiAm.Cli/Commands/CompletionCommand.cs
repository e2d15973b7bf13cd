using System.CommandLine;

namespace HoiAm.Cli.Commands;

/// <summary>
/// <c>hoiam completion</c>: prints a script for a shell, made from the command tree. Commands and options stand in the script, so the Tab key
/// costs no start of the program; only values that a list of words cannot tell are left to the shell's own completion of files.
/// </summary>
internal static class CompletionCommand
{
    public static Command Create(RootCommand root)
    {
        var command = new Command("completion", "Print a script that completes commands and options in a shell");
        command.Subcommands.Add(Shell("bash", "For bash: hoiam completion bash > ~/.local/share/bash-completion/completions/hoiam", root, CompletionScripts.Bash));
        command.Subcommands.Add(Shell("zsh", "For zsh: hoiam completion zsh > \"${fpath[1]}/_hoiam\"", root, CompletionScripts.Zsh));
        command.Subcommands.Add(Shell("fish", "For fish: hoiam completion fish > ~/.config/fish/completions/hoiam.fish", root, CompletionScripts.Fish));
        command.Subcommands.Add(Shell("powershell", "For PowerShell: hoiam completion powershell | Out-String | Invoke-Expression", root, CompletionScripts.PowerShell));
        return command;
    }

    private static Command Shell(string name, string description, RootCommand root, Func<IReadOnlyList<CompletionEntry>, string> write)
    {
        var command = new Command(name, description);
        command.SetAction(_ =>
        {
            Console.Out.Write(write(CompletionEntry.Of(root)));
            return 0;
        });
        return command;
    }
}
