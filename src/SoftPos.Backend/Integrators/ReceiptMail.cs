using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MimeKit;
using SoftPos.Backend.Endpoints;
using SoftPos.Contract;
using SoftPos.Contract.Integrators;
using SoftPos.Payments;
using SoftPos.Storage;

namespace SoftPos.Backend.Integrators;

/// <summary>Receipts by e-mail, through the installation's server.</summary>
internal static class ReceiptMail
{
    public static void Map(RouteGroupBuilder v1) =>
        v1.MapPost("/payments/{paymentId:guid}/receipt-emails", SendAsync).Wants(ApiScopes.PaymentsWrite).WantsIdempotencyKey()
            .WithSummary("Send the customer's copy of a receipt by e-mail").Accepts<ReceiptMailInput>("application/json").Produces(StatusCodes.Status202Accepted);

    private static async Task<IResult> SendAsync(
        HttpContext context, Database database, ReceiptLinks links, ApiSettings settings, BackendOptions options, Guid paymentId, CancellationToken cancellation)
    {
        if (await ApiCaller.Of(context).PaymentAsync(database, paymentId, cancellation) is not { } stored)
        {
            return ReasonProblem.Result(ReasonCodes.PaymentUnknown, "no payment of that identity is known to this key", "paymentId");
        }

        MailboxAddress? to = null;
        if (!ApiBody.TryRead(context, out ReceiptMailInput? input, out IResult? refusal)
            || (refusal = ApiBody.Check(
                (input.To is { Length: <= 254 } address && !address.Any(char.IsControl) && MailboxAddress.TryParse(address, out to) && to.Address.Contains('@'),
                    "to", "one e-mail address"),
                (input.Language is null || ReceiptWords.Tags.Contains(input.Language), "language", string.Join(", ", ReasonCatalogue.Languages)))) is not null)
        {
            return refusal;
        }

        if (options.Mail is not { } mail)
        {
            return ReasonProblem.Result(ReasonCodes.MailUnavailable, "no mail server is configured");
        }

        ReceiptPaper paper = await ReceiptPaper.OfAsync(
            database, stored.Record, ReceiptCopy.Customer, input.Language ?? "en", links.AddressOf(settings.AddressOf(context), paymentId), cancellation);
        using MimeMessage message = MessageOf(paper, mail, to!);
        return await MailPost.SendAsync(mail, message, cancellation)
            ? Results.StatusCode(StatusCodes.Status202Accepted)
            : ReasonProblem.Result(ReasonCodes.MailUnavailable, "the mail server did not take the message");
    }

    private static MimeMessage MessageOf(ReceiptPaper paper, MailOptions mail, MailboxAddress to)
    {
        MimeMessage message = new() { Subject = $"{ReceiptWords.In(paper.Language, "receipt")} · {paper.Title} · {paper.Amount.Value}" };
        message.From.Add(MailboxAddress.Parse(mail.From));
        message.To.Add(to);
        message.Body = new BodyBuilder { TextBody = paper.ToText(), HtmlBody = ReceiptHtml.Page(paper) }.ToMessageBody();
        return message;
    }
}
