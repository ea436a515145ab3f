namespace SoftPos.Backend.Console.Access;

/// <summary>The page behind a sign-in link. Plain HTML with one script file: it works before anybody is let in.</summary>
internal static class SignInPage
{
    private const string Assets = "/_content/SoftPos.Backend";

    /// <summary>The page.</summary>
    /// <param name="why">Why the visitor is here: <c>ended</c>, <c>left</c>, or anything else for a first visit. Never echoed.</param>
    public static string Html(string? why)
    {
        (string title, string text) = why switch
        {
            "ended" => ("Your session has ended", "A session lasts eight hours, and ends when the back end restarts."),
            "left" => ("You are signed out", "This browser no longer has access to the console."),
            _ => ("Sign in", "The console opens with a one-time link."),
        };
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>Sign in · OpenSoftPOS</title>
              <link rel="icon" href="{Assets}/mark.svg" type="image/svg+xml">
              <link rel="stylesheet" href="{Assets}/sign-in.css">
              <script src="{Assets}/sign-in.js" defer></script>
            </head>
            <body>
              <main>
                <img src="{Assets}/mark.svg" alt="" width="40" height="40">
                <h1 id="title" data-busy="Signing in…" data-refused="This link does not work any more"
                  data-crowded="Too many attempts" data-broken="The back end does not answer">{title}</h1>
                <p id="text" role="status"
                  data-busy="One moment."
                  data-refused="A link works once, for a short time. This one was used, has expired, or is not complete."
                  data-crowded="Wait a minute, then open the link again. It was not used up."
                  data-broken="The link was not used up. Check that the back end runs, then open the link again.">{text}</p>
                <div id="how">
                  <p>Get a new link on the machine where the back end runs:</p>
                  <pre><code>./softpos sign-in</code></pre>
                  <p class="small">Open the address that it prints in this browser.</p>
                </div>
                <noscript><p class="small">This page needs JavaScript: the console is live.</p></noscript>
              </main>
            </body>
            </html>
            """;
    }
}
