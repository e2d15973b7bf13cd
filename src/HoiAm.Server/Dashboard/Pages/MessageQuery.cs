using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard.Pages;

/// <summary>The filters of the list of messages: from the page's address to the API's query, and the list as CSV.</summary>
internal static class MessageQuery
{
    private const int RowsMax = 100_000;

    public static IReadOnlyList<(string Key, string Text)> Spans { get; } =
        [("1h", "1 hour"), ("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days"), ("all", "all time")];

    public static IReadOnlyList<string> States { get; } =
        ["accepted", "pendingApproval", "waiting", "sent", "delivered", "failed", "rejected", "expired", "partlyDelivered"];

    /// <summary>The time chosen; callbacks that wait or were given up are shown from all time otherwise, since they have an index.</summary>
    public static string SpanOf(PageContext page) => Spans.Any(s => s.Key == page.Query("within")) ? page.Query("within")
        : page.Path == "/callbacks" && page.Query("state") is "pending" or "exhausted" ? "all" : "24h";

    /// <summary>Since when, as the API takes it; empty for all time.</summary>
    public static string From(PageContext page) => SpanOf(page) switch
    {
        "1h" => Stamp(page.Now.AddHours(-1)),
        "24h" => Stamp(page.Now.AddHours(-24)),
        "7d" => Stamp(page.Now.AddDays(-7)),
        "30d" => Stamp(page.Now.AddDays(-30)),
        _ => "",
    };

    /// <summary>A moment as the API takes it.</summary>
    public static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The query for <c>GET /admin/v1/messages</c>.</summary>
    public static string Api(PageContext page, int limit, string? cursor = null) => PageContext.ToQuery(new Dictionary<string, string>
    {
        ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
        ["cursor"] = cursor ?? page.Query("cursor"),
        ["state"] = page.Query("state"),
        ["account"] = page.Query("account"),
        ["from"] = From(page),
    });

    /// <summary>Writes the list as CSV, page by page; numbers are as the reader's role shows them.</summary>
    public static async Task WriteCsvAsync(PageContext page)
    {
        string[] columns =
        [
            "smsId", "createdAt", "account", "kind", "phone", "state", "sendStatus", "requestId", "totalReceiver", "sendSuccess", "sendFailed", "totalPrice",
            .. page.IsCustomer ? Array.Empty<string>() : ["vendor"],
        ];
        var reply = await page.GetAsync("/messages" + Api(page, 500, "")).ConfigureAwait(false);
        if (!reply.IsGood)
        {
            page.Http.Response.StatusCode = reply.Status;
            await page.Http.Response.WriteAsync(reply.Detail).ConfigureAwait(false);
            return;
        }

        PageRenderer.SetHeaders(page.Http);
        page.Http.Response.ContentType = "text/csv; charset=utf-8";
        page.Http.Response.Headers.ContentDisposition = "attachment; filename=\"messages.csv\"";
        var body = page.Http.Response.Body;
        await body.WriteAsync(Encoding.UTF8.GetBytes("\uFEFF" + string.Join(',', columns) + "\r\n")).ConfigureAwait(false);
        for (var rows = 0; ; )
        {
            var items = reply.Body["items"].Items;
            var text = new StringBuilder();
            foreach (var item in items)
            {
                text.AppendJoin(',', columns.Select(c => Cell(item[c].Text))).Append("\r\n");
            }

            await body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), page.Http.RequestAborted).ConfigureAwait(false);
            rows += items.Count;
            if (reply.Body["next"].Text is not { } next || rows >= RowsMax)
            {
                return;
            }

            reply = await page.GetAsync("/messages" + Api(page, 500, next)).ConfigureAwait(false);
        }
    }

    // A text that a spreadsheet would take for a formula is led by an apostrophe.
    private static string Cell(string? text)
    {
        text ??= "";
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny(",\"\r\n") ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : text;
    }
}
