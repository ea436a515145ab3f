using System.Reflection;
using System.Text;
using System.Text.Json;
using SoftPos.Contract;

namespace SoftPos.Terminal;

/// <summary>The door between the host app's process and the SDK's own: what comes through it, in both directions.</summary>
public sealed class RoomTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Requirement("SWP-08", Partly = true)]
    public async Task A_terminal_is_set_up_asked_and_destroyed_through_the_door()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.OpenAsync(backend, platform);
        using Way way = new(terminal);
        Assert.Null((await way.Client.AskAsync(new RoomRequest { Command = RoomCommand.State }, Cancel)).State!.TerminalId);
        RoomAnswer refused = await way.Client.AskAsync(new RoomRequest { Command = RoomCommand.Pay, AmountMinor = 100 }, Cancel);
        Assert.Equal(ReasonCodes.NotActivated, refused.Payment!.Reason.Code);
        Assert.True((await way.Client.AskAsync(new RoomRequest { Command = RoomCommand.Activate, Code = ScriptedBackend.Code }, Cancel)).Trust!.CanPay);
        Assert.NotNull((await way.Client.AskAsync(new RoomRequest { Command = RoomCommand.State }, Cancel)).State!.TerminalId);
        Assert.True((await way.Client.AskAsync(new RoomRequest { Command = RoomCommand.Preflight }, Cancel)).Trust!.CanPay);
        Assert.Null((await way.Client.AskAsync(new RoomRequest { Command = RoomCommand.Wipe }, Cancel)).State!.TerminalId);
    }

    [Theory]
    [Requirement("SWP-08", Partly = true)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"number\":1,\"command\":\"ReadPin\"}")]
    [InlineData("{\"number\":1,\"command\":\"State\",\"pin\":\"1234\"}")]
    [InlineData("{\"number\":1,\"number\":2,\"command\":\"State\"}")]
    [InlineData("{\"number\":0,\"command\":\"State\"}")]
    [InlineData("{\"number\":1,\"command\":99}")]
    [InlineData("{\"number\":1,\"command\":\"State\",\"code\":\"x\"}")]
    [InlineData("{\"number\":1,\"command\":\"Activate\"}")]
    [InlineData("{\"number\":1,\"command\":\"Activate\",\"code\":\"\"}")]
    [InlineData("{\"number\":1,\"command\":\"Pay\"}")]
    [InlineData("{\"number\":1,\"command\":\"Pay\",\"amountMinor\":0}")]
    [InlineData("{\"number\":1,\"command\":\"Pay\",\"amountMinor\":1000000000000}")]
    [InlineData("{\"number\":1,\"command\":\"Pay\",\"amountMinor\":1,\"currency\":\"EUR\"}")]
    [InlineData("{\"number\":1,\"command\":\"Pay\",\"amountMinor\":1,\"kind\":7}")]
    [InlineData("{\"number\":1,\"command\":\"Pay\",\"amountMinor\":1,\"originalPaymentId\":\"0190f0e0-0000-7000-8000-000000000001\"}")]
    [InlineData("{\"number\":1,\"command\":\"Status\"}")]
    [InlineData("{\"number\":1,\"command\":\"Wipe\",\"paymentId\":\"0190f0e0-0000-7000-8000-000000000001\"}")]
    [InlineData("{\"number\":1,\"command\":\"Appeal\"}")]
    [InlineData("{\"number\":1,\"command\":\"Appeal\",\"words\":\" \"}")]
    [InlineData("{\"number\":1,\"command\":\"Appeal\",\"words\":\"\\u0007\"}")]
    [InlineData("{\"number\":1,\"command\":\"State\",\"words\":\"x\"}")]
    public void What_is_no_request_is_refused(string text)
    {
        Assert.False(RoomCodec.TryRead(Encoding.UTF8.GetBytes(text), out RoomRequest? request, out string fault));
        Assert.Null(request);
        Assert.DoesNotContain("1234", fault, StringComparison.Ordinal);
        Assert.NotEmpty(fault);
    }

    [Fact]
    [Requirement("SWP-08", Partly = true)]
    public void A_request_that_is_too_long_is_not_even_looked_at()
    {
        byte[] valid = RoomCodec.Write(new RoomRequest { Number = 1, Command = RoomCommand.State });
        byte[] padded = [.. valid, .. Enumerable.Repeat((byte)' ', RoomCodec.MaxRequest)];
        Assert.True(RoomCodec.TryRead(valid, out _, out _));
        Assert.False(RoomCodec.TryRead(padded, out _, out _));
    }

    /// <summary>Bytes of a valid request, changed at random: never an exception, never a request that its own rules refuse.</summary>
    [Fact]
    [Requirement("SWP-08", Partly = true)]
    public void Changed_bytes_never_break_the_door()
    {
        SeededNumbers numbers = new(8);
        byte[] valid = RoomCodec.Write(new RoomRequest { Number = 7, Command = RoomCommand.Pay, AmountMinor = 1250, Currency = "978", Kind = PaymentKind.Purchase });
        for (int run = 0; run < 20_000; run++)
        {
            byte[] changed = [.. valid];
            for (int change = 0; change <= numbers.Below(3); change++)
            {
                changed[numbers.Below(changed.Length)] = (byte)numbers.Below(256);
            }

            if (RoomCodec.TryRead(changed, out RoomRequest? request, out _))
            {
                Assert.True(request.Number > 0 && Enum.IsDefined(request.Command) && request.AmountMinor is null or > 0 and <= PaymentOrder.MaxAmountMinor);
            }

            _ = RoomCodec.ReadAnswer(changed);
        }
    }

    /// <summary>Everything that can be written in an answer, down to its leaves: no type of the inner room, and no bytes but the issuer's data.</summary>
    [Fact]
    [Requirement("SWP-08", Partly = true)]
    [Requirement("PIN-11", Partly = true)]
    public void No_answer_has_a_place_for_a_key_a_pin_or_a_card_number()
    {
        HashSet<Type> seen = [];
        Stack<Type> open = new([typeof(RoomAnswer), typeof(RoomRequest)]);
        List<string> bytes = [];
        while (open.TryPop(out Type? type))
        {
            Type inner = Nullable.GetUnderlyingType(type) ?? type;
            if (inner == typeof(byte[]))
            {
                continue;
            }

            foreach (Type part in inner.IsGenericType ? inner.GetGenericArguments() : [])
            {
                open.Push(part);
            }

            if (!seen.Add(inner) || !inner.FullName!.StartsWith("SoftPos.", StringComparison.Ordinal))
            {
                continue;
            }

            Assert.False(inner.Name.Contains("Pin", StringComparison.Ordinal) || inner.Name.Contains("Account", StringComparison.Ordinal)
                || inner.Name.Contains("Key", StringComparison.Ordinal), inner.FullName);
            foreach (PropertyInfo property in inner.GetProperties(BindingFlags.Instance | BindingFlags.Public))
            {
                open.Push(property.PropertyType);
                if (property.PropertyType == typeof(byte[]))
                {
                    bytes.Add($"{inner.Name}.{property.Name}");
                }
            }
        }

        Assert.Equal(["PaymentAnswer.IssuerData"], bytes);
    }

    [Fact]
    public async Task A_fault_inside_the_room_says_its_kind_and_nothing_else()
    {
        TestPlatform platform = new();
        await using ScriptedBackend backend = await ScriptedBackend.StartAsync(platform.Time);
        await using SoftPosTerminal terminal = await Terminals.OpenAsync(backend, platform);
        platform.Ring.OnCreate = static () => throw new InvalidOperationException("key material 0011223344");
        using Way way = new(terminal);
        InvalidOperationException fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => way.Client.AskAsync(new RoomRequest { Command = RoomCommand.Activate, Code = ScriptedBackend.Code }, Cancel));
        Assert.Equal("not done: InvalidOperationException", fault.Message);
    }

    [Fact]
    public async Task Whoever_waits_learns_that_the_room_is_gone()
    {
        RoomClient client = new(static _ => { });
        Task<RoomAnswer> waiting = client.AskAsync(new RoomRequest { Command = RoomCommand.State }, Cancel);
        client.Receive("{}"u8);
        client.Receive("no answer"u8);
        Assert.False(waiting.IsCompleted);
        client.Lose();
        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting);
    }

    [Fact]
    public void An_answer_with_no_part_or_two_is_none()
    {
        Assert.Null(RoomCodec.ReadAnswer("{\"number\":1}"u8));
        Assert.Null(RoomCodec.ReadAnswer(JsonSerializer.SerializeToUtf8Bytes(
            new RoomAnswer { Number = 1, Fault = "a", State = new RoomState() }, RoomJson.Default.RoomAnswer)));
        byte[] large = RoomCodec.Write(new RoomAnswer { Number = 3, Notice = new MerchantNotice(new string('x', RoomCodec.MaxAnswer), false, default) });
        Assert.Equal((3, true), RoomCodec.ReadAnswer(large) is { } cut ? (cut.Number, cut.Fault is not null) : default);
    }

    /// <summary>Door and client, with the bytes that two processes would exchange.</summary>
    private sealed class Way : IDisposable
    {
        private readonly RoomDoor _door;

        public Way(SoftPosTerminal terminal)
        {
            RoomClient? client = null;
            _door = new RoomDoor(terminal, bytes => client!.Receive(bytes), static _ => { });
            Client = client = new RoomClient(bytes => _ = _door.ReceiveAsync(bytes));
        }

        public RoomClient Client { get; }

        public void Dispose() => _door.Dispose();
    }
}
