using System.Globalization;
using System.Text;
using HoiAm.Protocols.Explaining;
using HoiAm.Server.Ingest;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Sending.Sandbox;

/// <summary>A callback that the inbox got.</summary>
/// <param name="At">When it came.</param>
/// <param name="Try">Number of the try.</param>
/// <param name="Text">The query, or the body of a POST.</param>
/// <param name="Explanation">What it says.</param>
internal sealed record InboxEntry(DateTimeOffset At, string Try, string Text, Explanation Explanation);

/// <summary>
/// The sandbox's built-in hook: answers 200 to everything, shows each callback decoded on the hub's console, and keeps the last ones. So
/// that a first send shows a callback before there is any receiver.
/// </summary>
internal sealed class SandboxInbox(TextWriter? console, TimeProvider time)
{
    public const string Path = "/sandbox/inbox";

    public const int Kept = 200;

    private const int BodyBytesMax = 64 * 1024;
    private const int ValueWidth = 60;
    private readonly Queue<InboxEntry> _entries = new();
    private readonly Lock _lock = new();

    /// <summary>The last callbacks, newest first.</summary>
    public IReadOnlyList<InboxEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Reverse()];
            }
        }
    }

    public async Task HandleAsync(HttpContext context)
    {
        var body = HttpMethods.IsGet(context.Request.Method) ? [] : await BoundedBody.ReadAsync(context.Request, BodyBytesMax).ConfigureAwait(false) ?? [];
        var text = body.Length > 0 ? Encoding.UTF8.GetString(body) : context.Request.QueryString.Value ?? "";
        var number = context.Request.Headers["X-HoiAm-Attempt"].ToString();
        var entry = new InboxEntry(time.GetUtcNow(), number.Length == 0 ? "1" : number, text, CallbackExplainer.Explain(text));
        lock (_lock)
        {
            _entries.Enqueue(entry);
            if (_entries.Count > Kept)
            {
                _entries.Dequeue();
            }

            console?.Write(Block(entry));
            console?.Flush();
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync("OK").ConfigureAwait(false);
    }

    /// <summary>As the admin API shows an entry.</summary>
    public static object Show(InboxEntry entry) => new
    {
        at = Answers.Time(entry.At),
        attempt = entry.Try,
        text = entry.Text,
        summary = entry.Explanation.Summary,
        fields = entry.Explanation.Fields.Select(f => new { name = f.Field, value = f.Decoded, meaning = f.Meaning }).ToList(),
        problems = entry.Explanation.Problems,
    };

    /// <summary>The block on the console; control characters of what came are not shown as such.</summary>
    public static string Block(InboxEntry entry)
    {
        var text = new StringBuilder();
        var local = entry.At.ToOffset(TimeSpan.FromHours(7)).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        text.Append('\n').Append("── callback at ").Append(local).Append(" (try ").Append(Clean(entry.Try)).Append(") ");
        text.Append('─', 44).Append('\n');
        text.Append("   ").Append(Clean(entry.Explanation.Summary)).Append('\n');
        foreach (var field in entry.Explanation.Fields)
        {
            text.Append("   ").Append(Clean(field.Field).PadRight(22)).Append(' ');
            var value = Clean(field.Decoded);
            text.Append(value);
            if (field.Meaning.Length > 0)
            {
                text.Append(value.Length is > 0 and < ValueWidth ? "  · " : value.Length == 0 ? "· " : "\n" + new string(' ', 26) + "· ").Append(Clean(field.Meaning));
            }

            text.Append('\n');
        }

        foreach (var problem in entry.Explanation.Problems)
        {
            text.Append("   ! ").Append(Clean(problem)).Append('\n');
        }

        return text.ToString();
    }

    private static string Clean(string text) => text.Any(char.IsControl)
        ? new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)])
        : text;
}
