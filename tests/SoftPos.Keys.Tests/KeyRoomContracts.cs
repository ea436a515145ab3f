namespace SoftPos.Keys.Tests;

public sealed class SoftwareKeyRoomContract : KeyRoomContract
{
    private MasterKey? _master;
    private SoftwareKeyRoom? _room;

    private protected override IKeyVault Vault => _room!.Vault;

    private protected override async Task<IKeyRoom> OpenAsync()
    {
        _master = MasterKey.OpenOrCreate(Path.Combine(Folder, "master.key"));
        return _room = await SoftwareKeyRoom.OpenAsync(Database, _master, Clock, TestContext.Current.CancellationToken);
    }

    private protected override ValueTask CloseAsync()
    {
        _room?.Dispose();
        _master?.Dispose();
        return ValueTask.CompletedTask;
    }
}

[Collection(SoftHsm.Collection)]
public sealed class TokenKeyRoomContract : KeyRoomContract
{
    private readonly Lazy<TokenOptions> _token = new(SoftHsm.NewToken);
    private TokenKeyRoom? _room;

    private protected override IKeyVault Vault => _room!.Vault;

    private protected override async Task<IKeyRoom> OpenAsync() =>
        _room = await TokenKeyRoom.OpenAsync(Database, _token.Value, KeyRoomPolicy.Sandbox, Clock, TestContext.Current.CancellationToken);

    private protected override ValueTask CloseAsync()
    {
        _room?.Dispose();
        return ValueTask.CompletedTask;
    }
}

public sealed class RemoteKeyRoomContract : KeyRoomContract
{
    private MasterKey? _master;
    private SoftwareKeyRoom? _room;
    private KeyRoomServer? _server;
    private RemoteKeyRoom? _client;

    private protected override IKeyVault Vault => _room!.Vault;

    private string Socket => Path.Combine(Folder, "keys.sock");

    [Fact]
    public void The_socket_is_its_owners_alone() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(Socket));

    [Fact]
    [Requirement("KEY-09", Partly = true)]
    public async Task A_room_of_the_other_kind_is_refused()
    {
        InvalidDataException fault = await Assert.ThrowsAsync<InvalidDataException>(() =>
            RemoteKeyRoom.ConnectAsync(Socket, isProduction: true, TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Contains("sandbox keys", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_room_does_not_take_the_socket_over() => Assert.Throws<IOException>(() => KeyRoomServer.Start(_room!, Socket));

    [Fact]
    public async Task A_client_goes_on_when_the_room_was_restarted()
    {
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
        (byte[] ksn, byte[] data) = terminal.SealAccount();
        await _server!.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(
            async () => await Room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, TestContext.Current.CancellationToken));
        _server = KeyRoomServer.Start(_room!, Socket);
        using AccountData? account = await Room.OpenAccountDataAsync(ksn, data, TestTerminal.Payment, TestContext.Current.CancellationToken);
        Assert.NotNull(account);
    }

    [Theory]
    [Requirement("MON-06", Partly = true)]
    [InlineData("00000000")]
    [InlineData("7FFFFFFF")]
    [InlineData("FFFFFFFF")]
    [InlineData("0000000601000000FF00")]
    [InlineData("00000001")]
    public async Task Bytes_that_are_no_frame_end_their_connection_and_nothing_else(string hex)
    {
        using System.Net.Sockets.Socket socket = new(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(Socket), TestContext.Current.CancellationToken);
        await socket.SendAsync(Convert.FromHexString(hex), TestContext.Current.CancellationToken);
        socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Assert.Equal(0, await socket.ReceiveAsync(new byte[64], TestContext.Current.CancellationToken));
        using TestTerminal terminal = await TestTerminal.ProvisionAsync(Room);
    }

    [Fact]
    public async Task A_question_that_the_protocol_does_not_know_is_answered_as_a_failure()
    {
        foreach (byte code in (byte[])[0, 6, 255, (byte)KeyOperation.OpenAccountData])
        {
            using KeyFrame ask = new(code, [new byte[3]]);
            using KeyFrame answer = await KeyRoomServer.AnswerAsync(_room!, ask, TestContext.Current.CancellationToken);
            Assert.Equal((byte)KeyAnswer.Failed, answer.Code);
        }
    }

    private protected override async Task<IKeyRoom> OpenAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the owner of a Unix socket cannot be set on this system");
        _master = MasterKey.OpenOrCreate(Path.Combine(Folder, "master.key"));
        _room = await SoftwareKeyRoom.OpenAsync(Database, _master, Clock, TestContext.Current.CancellationToken);
        _server = KeyRoomServer.Start(_room, Socket);
        return _client = await RemoteKeyRoom.ConnectAsync(Socket, isProduction: false, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    private protected override async ValueTask CloseAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _room?.Dispose();
        _master?.Dispose();
    }
}
