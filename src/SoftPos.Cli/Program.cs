using System.CommandLine;
using SoftPos.Cli.Commands;
using SoftPos.Cli.Commands.Integrators;
using SoftPos.Cli.Commands.Keys;
using SoftPos.Cli.Tools;

RootCommand root = new("OpenSoftPOS: contactless acceptance on an untrusted phone, and the back end that makes it safe.")
{
    UpCommand.Create(),
    SaleCommand.Create(),
    StatusCommand.Create(),
    SettlementCommands.Settle(),
    SettlementCommands.Reconcile(),
    AcquirerFileCommand.Create(),
    AcquirerCommand.Create(),
    BackupCommand.Create(),
    SignInCommand.Create(),
    AttackCommand.Create(),
    SimulateCommand.Create(),
    ReplayCommand.Create(),
    VerifyCommand.Create(),
    WitnessCommand.Create(),
    ConformanceCommand.Create(),
    MerchantCommands.Create(),
    ApiKeyCommands.Create(),
    OrderCommands.Create(),
    ListenCommand.Create(),
    KeysCommand.Create(),
    ChannelCommand.Create(),
    ConfigurationCommand.Create(),
    PolicyCommand.Create(),
    FleetCommand.Create(),
    AlarmsCommand.Create(),
    AppealsCommand.Create(),
    BaselineCommand.Create(),
    ToolCommand.Create(Toolbox.All),
};
foreach (Command followUp in FollowUpCommands.All())
{
    root.Subcommands.Add(followUp);
}

InvocationConfiguration configuration = new()
{
    EnableDefaultExceptionHandler = false,

    // What is on its way to the acquirer may still be answered and written down.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(15),
};
try
{
    return await root.Parse(args).InvokeAsync(configuration);
}
catch (CommandException fault)
{
    Console.Error.WriteLine($"softpos: {fault.Message}");
    return fault.ExitCode;
}
