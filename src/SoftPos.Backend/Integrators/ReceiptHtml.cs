using System.Net;
using System.Text;
using QRCoder;
using SoftPos.Payments;

namespace SoftPos.Backend.Integrators;

/// <summary>A receipt as a page of its own: no script, nothing from elsewhere.</summary>
internal static class ReceiptHtml
{
    /// <summary>What a browser may do with the page.</summary>
    public const string ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const int QrPixels = 4;

    public static string Page(ReceiptPaper paper)
    {
        string Word(string name) => Text(ReceiptWords.In(paper.Language, name));
        StringBuilder html = new();
        string head = string.Concat(paper.Head.Select(line => $"<p class=\"place\">{Text(line)}</p>\n"));
        string lines = string.Concat(paper.Lines.Select(line => $"<div><dt>{Text(line.Name)}</dt><dd>{Text(line.Value)}</dd></div>\n"));
        html.Append($"""
            <!DOCTYPE html>
            <html lang="{Text(paper.Language)}" dir="{(paper.RightToLeft ? "rtl" : "ltr")}">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex"><title>{Word("receipt")} · {Text(paper.Title)}</title>
            <style>{Style(paper.Colour ?? "#1b6e53")}</style>
            </head>
            <body><main>
            <h1>{Text(paper.Title)}</h1>
            {head}<p class="copy">{Text(paper.Copy)}</p>
            <p class="amount"><span>{Text(paper.Amount.Name)}</span> <strong>{Text(paper.Amount.Value)}</strong></p>
            <p class="outcome">{Text(paper.Outcome)}</p>
            <dl>
            {lines}</dl>
            {(paper.Footer is null ? string.Empty : $"<p class=\"foot\">{Text(paper.Footer)}</p>")}
            <div class="qr" role="img" aria-label="QR">{Qr(paper.Page.ToString())}</div>
            <p class="foot"><a href="{Text(paper.Page.ToString())}/proof">{Word("proof")}</a></p>
            </main></body></html>

            """);
        return html.ToString();
    }

    /// <summary>A QR code as SVG.</summary>
    public static string Qr(string text)
    {
        using QRCodeData data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using SvgQRCode code = new(data);
        return code.GetGraphic(QrPixels, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    }

    private static string Text(string value) => WebUtility.HtmlEncode(value);

    private static string Style(string colour) => $$"""
        body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1.5rem 1rem;background:Canvas;color:CanvasText}
        main{max-width:26rem;margin:auto;border-top:6px solid {{colour}};padding-top:1rem}
        h1{font-size:1.3rem;margin:0}.place,.copy,.foot{margin:.1rem 0;opacity:.75;font-size:.9rem}
        .amount{display:flex;justify-content:space-between;align-items:baseline;font-size:1.1rem;margin:1rem 0 0}.amount strong{font-size:1.8rem}
        .outcome{margin:.2rem 0 1rem}dl{margin:0}dl div{display:flex;justify-content:space-between;gap:1rem;padding:.35rem 0;border-top:1px solid #8884}
        dt{opacity:.75}dd{margin:0;text-align:end;overflow-wrap:anywhere}.qr{width:11rem;margin:1.2rem auto}
        """;
}
