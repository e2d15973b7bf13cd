using System.Globalization;
using System.Text;
using HoiAm.Ledger.Delivery;
using HoiAm.Server.Delivery;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;
using HoiAm.Server.Queries;
using HoiAm.Server.Security;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Pull;

/// <summary>
/// <c>GET /api/v1/callbacks?after=CURSOR&amp;limit=</c>: a customer's callbacks of every kind in the order of their making, whatever became of
/// them. The cursor is the caller's: a page may be asked for again, so that a lost answer loses nothing.
/// </summary>
internal sealed class CallbackFeedEndpoint(HubDirectory directory, LedgerQueries queries, FailureThrottle throttle)
{
    private const int LimitDefault = 100;
    private const int LimitMax = 1_000;

    public async Task HandleAsync(HttpContext context) => await Answer(context).ExecuteAsync(context).ConfigureAwait(false);

    private IResult Answer(HttpContext context)
    {
        if (Authenticate(context.Request.Headers.Authorization.ToString()) is not { } account)
        {
            if (throttle.IsPastLimit(context.Connection.RemoteIpAddress, out var wait))
            {
                context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
                return Answers.Problem(429, "Too many failed tries.", "Wait before you try other keys from this address.");
            }

            context.Response.Headers.WWWAuthenticate = "Basic realm=\"HoiAm\", charset=\"UTF-8\"";
            return Answers.Problem(401, "Not signed in.", "Send Basic authentication with ApiKey as user and SecretKey as password.");
        }

        if (!directory.MayCall(account, context.Connection.RemoteIpAddress))
        {
            return Answers.Problem(403, "Not from here.", "This account may not be used from this address.");
        }

        var limit = LimitDefault;
        var limitText = context.Request.Query["limit"].ToString();
        if (limitText.Length > 0
            && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LimitMax))
        {
            return Answers.Invalid("limit", "must be a whole number from 1 to 1000");
        }

        var after = 0L;
        var cursor = context.Request.Query["after"].ToString();
        if (cursor.Length > 0 && !CallbackIds.TryParse(cursor, out after))
        {
            return Answers.Invalid("after", "must be the \"next\" of an earlier answer, or the id of a callback");
        }

        using var connection = queries.Open();
        var rows = queries.Feed(connection, account.Number, after, limit + 1);
        var more = rows.Count > limit;
        if (more)
        {
            rows.RemoveAt(limit);
        }

        var smsIds = LedgerQueries.SmsIds(connection, rows.Select(r => r.Row.MessageId));
        return Answers.Ok(new
        {
            items = rows.Select(r => Show(r, smsIds.GetValueOrDefault(r.Row.MessageId))).ToList(),

            // Always a cursor to go on from, also when nothing is left: a puller just keeps the last one.
            next = rows.Count > 0 ? CallbackIds.Format(rows[^1].Row.Id) : cursor.Length > 0 ? cursor : null,
            more,
        });
    }

    private static object Show(StoredCallback callback, string? smsId) => new
    {
        id = CallbackIds.Format(callback.Row.Id),
        smsId,
        state = Views.StateWord(callback.Row.State),
        createdAt = Answers.Time(callback.Row.CreatedAtMs),
        eventTime = Answers.Time(callback.Row.EventAtMs),
        attempts = callback.Row.Attempts,
        format = CallbackView.Word(callback.Row.Format),
        query = callback.Row.Query.TrimStart('?'),
        contentType = CallbackView.MediaType(callback.Row.Format),
        body = CallbackView.Body(callback.Row),
        callback = CallbackView.Content(callback.Row),
    };

    private Account? Authenticate(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), buffer, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(buffer.AsSpan(0, length));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : directory.Authenticate(text[..colon], text[(colon + 1)..]);
    }
}
