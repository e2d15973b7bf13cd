using System.CommandLine;
using HoiAm.Cli.Commands;

var root = new RootCommand("HoiAm: the delivery-report hub for SMS, Zalo ZNS and Viber. Every command has --help.");
root.Subcommands.Add(ServeCommand.Create());
root.Subcommands.Add(ListenCommand.Create());
root.Subcommands.Add(SendCommand.Create());
root.Subcommands.Add(ReportCommand.Create());
root.Subcommands.Add(ListCommands.Messages());
root.Subcommands.Add(ListCommands.Callbacks());
root.Subcommands.Add(ReplayCommand.Create());
root.Subcommands.Add(ListCommands.Endpoints());
root.Subcommands.Add(ListCommands.Orphans());
root.Subcommands.Add(ListCommands.Accounts());
root.Subcommands.Add(ListCommands.Vendors());
root.Subcommands.Add(DecodeCommand.Create());
root.Subcommands.Add(DoctorCommand.Create());
root.Subcommands.Add(MigrateCommand.Create());
return await Runner.RunAsync(root, args).ConfigureAwait(false);
