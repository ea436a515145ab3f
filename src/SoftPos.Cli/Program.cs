using System.CommandLine;
using SoftPos.Cli.Tools;

RootCommand root = new("OpenSoftPOS: contactless acceptance on an untrusted phone, and the back end that makes it safe.");
root.Subcommands.Add(ToolCommand.Create(Toolbox.All));
return await root.Parse(args).InvokeAsync();
