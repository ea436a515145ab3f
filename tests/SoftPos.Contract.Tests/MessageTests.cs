using System.Text.Json;

namespace SoftPos.Contract.Tests;

public class MessageTests
{
    [Fact]
    public void Evidence_survives_the_way_there_and_back()
    {
        EvidenceClaims claims = Messages.Evidence();
        Assert.True(EvidenceClaims.TryDecode(claims.Encode(), out EvidenceClaims decoded));
        Assert.Equal(claims.Encode(), decoded.Encode());
        Assert.Equal(claims.Measurements, decoded.Measurements);
        Assert.Equal(claims.Health["batteryTemperatureCelsius"], decoded.Health["batteryTemperatureCelsius"]);
        Assert.Equal(claims.DeviceTime, decoded.DeviceTime);
        Assert.Equal(claims.OsPatch, decoded.OsPatch);
    }

    [Fact]
    public void A_payment_survives_the_way_there_and_back()
    {
        PaymentRequest request = Messages.Payment();
        Assert.True(PaymentRequest.TryDecode(request.Encode(), out PaymentRequest decoded, out string fault), fault);
        Assert.Equal(request.Encode(), decoded.Encode());
        Assert.Equal(request.PaymentId, decoded.PaymentId);
        Assert.Equal(1250, decoded.AmountMinor);
    }

    [Fact]
    public void A_plain_sale_has_the_bytes_of_the_first_version_and_every_addition_survives()
    {
        PaymentRequest sale = Messages.Payment();
        Assert.Equal(0xA0 | 14, sale.Encode()[0]);
        PaymentRequest refund = sale with
        {
            Operation = PaymentOperation.Refund, OriginalPaymentId = Messages.Terminal, OtherAmountMinor = 10, TipMinor = 20, AcceptsPartialApproval = true,
        };
        Assert.True(PaymentRequest.TryDecode(refund.Encode(), out PaymentRequest decoded, out string fault), fault);
        Assert.Equal(refund.Encode(), decoded.Encode());
        Assert.Equal(
            (PaymentOperation.Refund, Messages.Terminal, 10L, 20L, true),
            (decoded.Operation, decoded.OriginalPaymentId!.Value, decoded.OtherAmountMinor, decoded.TipMinor, decoded.AcceptsPartialApproval));
        Assert.False(PaymentRequest.TryDecode((sale with { Operation = PaymentOperation.Increment }).Encode(), out _, out fault));
        Assert.Equal("operation", fault);
        Assert.False(PaymentRequest.TryDecode((sale with { TipMinor = sale.AmountMinor + 1 }).Encode(), out _, out fault));
        Assert.Equal("tipMinor", fault);
    }

    [Fact]
    public void A_follow_up_survives_the_way_there_and_back_and_has_an_amount_unless_it_voids()
    {
        PaymentFollowUpRequest request = new()
        {
            RequestId = Guid.CreateVersion7(Messages.Now), PaymentId = Messages.Terminal, Action = FollowUpAction.Complete, AmountMinor = 1250,
            ResultToken = Messages.Bytes(100), DeviceTime = Messages.Now,
        };
        Assert.True(PaymentFollowUpRequest.TryDecode(request.Encode(), out PaymentFollowUpRequest decoded));
        Assert.Equal(request.Encode(), decoded.Encode());
        Assert.Equal((request.RequestId, FollowUpAction.Complete, 1250L), (decoded.RequestId, decoded.Action, decoded.AmountMinor));
        Assert.False(PaymentFollowUpRequest.TryDecode((request with { AmountMinor = 0 }).Encode(), out _));
        Assert.False(PaymentFollowUpRequest.TryDecode((request with { Action = FollowUpAction.Void }).Encode(), out _));
        Assert.True(PaymentFollowUpRequest.TryDecode((request with { Action = FollowUpAction.Void, AmountMinor = 0 }).Encode(), out _));
        Assert.False(PaymentFollowUpRequest.TryDecode((request with { RequestId = Guid.Parse("a0a0a0a0-0000-4000-8000-000000000001") }).Encode(), out _));
        Assert.False(PaymentFollowUpRequest.TryDecode((request with { Action = (FollowUpAction)4 }).Encode(), out _));
    }

    [Theory]
    [InlineData("amountMinor")]
    [InlineData("currency")]
    [InlineData("dataKsn")]
    [InlineData("maskedPan")]
    [InlineData("emvData")]
    [InlineData("paymentId")]
    public void A_payment_field_at_fault_is_named(string field)
    {
        PaymentRequest good = Messages.Payment();
        PaymentRequest bad = field switch
        {
            "amountMinor" => good with { AmountMinor = -1 },
            "currency" => good with { Currency = "ZAR" },
            "dataKsn" => good with { DataKsn = Messages.Bytes(11) },
            "maskedPan" => good with { MaskedPan = "4761739001010010" },
            "emvData" => good with { EmvData = new byte[PaymentRequest.MaxEmvData + 1] },
            _ => good with { PaymentId = Guid.Parse("a0a0a0a0-0000-4000-8000-000000000001") },
        };
        Assert.False(PaymentRequest.TryDecode(bad.Encode(), out _, out string fault));
        Assert.Equal(field, fault);
    }

    [Fact]
    public void An_activation_survives_the_way_there_and_back()
    {
        Assert.True(ActivationRequest.TryDecode(Messages.Activation().Encode(), out ActivationRequest decoded));
        Assert.Equal(Messages.Activation().Encode(), decoded.Encode());
        Assert.False(ActivationRequest.TryDecode((Messages.Activation() with { Nonce = Messages.Bytes(31) }).Encode(), out _));
        Assert.False(ActivationRequest.TryDecode(
            (Messages.Activation() with { SigningChain = [.. Enumerable.Repeat(Messages.Bytes(9), ActivationRequest.MaxChain + 1)] }).Encode(), out _));
    }

    [Fact]
    [Requirement("ATT-06")]
    [Requirement("ATT-12")]
    public void A_result_token_verifies_only_under_the_monitoring_key()
    {
        using Messages.SoftwareKey monitoring = new();
        using Messages.SoftwareKey other = new();
        byte[] token = Messages.Token().Sign(monitoring);
        Assert.True(ResultToken.TryVerify(token, monitoring.Key, out ResultToken decoded));
        Assert.Equal(Messages.Token().ExpiresAt, decoded.ExpiresAt);
        Assert.Equal(Verdict.Trusted, decoded.Verdict);
        Assert.False(ResultToken.TryVerify(token, other.Key, out _));
    }

    [Fact]
    public void A_message_of_another_kind_is_no_result_token()
    {
        using Messages.SoftwareKey monitoring = new();
        byte[] evidence = SignedMessage.Sign(monitoring, MessageType.Evidence, [], Messages.Evidence().Encode());
        Assert.False(ResultToken.TryVerify(evidence, monitoring.Key, out _));
    }

    [Fact]
    public void Answers_are_written_in_camel_case_and_read_again()
    {
        PaymentAnswer answer = new()
        {
            PaymentId = Messages.Terminal, State = PaymentState.Approved, Reason = ReasonCodes.Approved, AmountMinor = 1250, Currency = "710",
            MaskedPan = "476173******0010", Journal = [new JournalTrace(3, "payment.approved", "aa")],
        };
        string json = JsonSerializer.Serialize(answer, ContractJson.Default.PaymentAnswer);
        Assert.Contains("\"state\":\"Approved\"", json, StringComparison.Ordinal);
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, ContractJson.Default.PaymentAnswer), ContractJson.Default.PaymentAnswer));
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        byte[][] seeds = [Messages.Evidence().Encode(), Messages.Payment().Encode(), Messages.Activation().Encode()];
        Mutation mutation = new(20261124);
        int decoded = 0;
        for (int run = 0; run < 30_000; run++)
        {
            byte[] bytes = mutation.Damage(seeds[run % seeds.Length]);
            decoded += EvidenceClaims.TryDecode(bytes, out _) ? 1 : 0;
            decoded += PaymentRequest.TryDecode(bytes, out _, out _) ? 1 : 0;
            decoded += ActivationRequest.TryDecode(bytes, out _) ? 1 : 0;
            _ = PaymentStatusRequest.TryDecode(bytes, out _);
            _ = PaymentFollowUpRequest.TryDecode(bytes, out _);
            _ = SignedMessage.TryDecode(bytes, out _);
        }

        Assert.InRange(decoded, 1, 30_000);
    }
}
