using System.Globalization;
using System.Text.Json;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;
using HoiAm.Server.Admin;
using HoiAm.Server.Directory;
using HoiAm.Server.Json;

namespace HoiAm.Server.Queries;

/// <summary>Which messages a list shows.</summary>
/// <param name="Account">Number; 0 for all.</param>
/// <param name="FromMs">Made at or after, Unix milliseconds.</param>
/// <param name="ToMs">Made before.</param>
/// <param name="IdFrom">Smallest id made at <paramref name="FromMs"/>: ids grow with time, so the range costs no index.</param>
/// <param name="IdTo">Ids are below this one.</param>
/// <param name="State">−1 for all, a pending state, or 100 and more for an outcome.</param>
internal sealed record MessageFilter(int Account, long FromMs, long ToMs, long IdFrom, long IdTo, int State)
{
    private static readonly Dictionary<string, int> s_states = new(StringComparer.OrdinalIgnoreCase)
    {
        ["accepted"] = 0,
        ["pendingApproval"] = 1,
        ["waiting"] = 2,
        ["sent"] = 3,
        ["delivered"] = 100,
        ["failed"] = 101,
        ["rejected"] = 102,
        ["expired"] = 103,
        ["partlyDelivered"] = 104,
    };

    /// <summary>Reads the query of <c>GET /admin/v1/messages</c>.</summary>
    public static MessageFilter Read(AdminCall call, HubSnapshot snapshot, IdLayout ids)
    {
        var state = -1;
        if (call.Query("state") is { } word && !s_states.TryGetValue(word, out state))
        {
            throw new AdminRefusal(Answers.Invalid("state", "must be one of " + string.Join(", ", s_states.Keys)));
        }

        var from = Paging.Moment(call, "from");
        var to = Paging.Moment(call, "to");

        return new MessageFilter(
            Filters.Account(call, snapshot),
            from?.ToUnixTimeMilliseconds() ?? 0,
            to?.ToUnixTimeMilliseconds() ?? long.MaxValue,
            from is { } begin ? ids.FirstAt(Slacken(begin, -1)) : 0,
            to is { } end ? ids.FirstAt(Slacken(end, +1)) : long.MaxValue,
            state);
    }

    // Half an hour of slack: a clock may have been set back while ids went on growing. Held within what a moment can be.
    private static DateTimeOffset Slacken(DateTimeOffset moment, int direction)
    {
        var ticks = moment.UtcTicks + (direction * TimeSpan.FromMinutes(30).Ticks);
        return new DateTimeOffset(Math.Clamp(ticks, DateTimeOffset.MinValue.UtcTicks, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
    }
}

/// <summary>Which callbacks a list shows or a replay sends again.</summary>
/// <param name="State"><c>pending</c>, <c>delivered</c>, <c>exhausted</c>, <c>cancelled</c>; null for all.</param>
/// <param name="Account">Number; 0 for all.</param>
/// <param name="Host">Host name of the hook; null for all.</param>
/// <param name="FromMs">Made at or after, Unix milliseconds.</param>
/// <param name="ToMs">Made before.</param>
/// <param name="RecoveredHook">Number of a hook: only what was given up for its sake, neither what it refused nor what was sent again before; 0 for all.</param>
internal sealed record CallbackFilter(string? State, int Account, string? Host, long FromMs, long ToMs, int RecoveredHook = 0)
{
    private static readonly IdLayout s_lowest = new(19);

    /// <summary>Conditions over the parameters @p1 (account), @p2 (from), @p3 (to), @p4 (host).</summary>
    public string Sql => Since + "AND (@p1 = 0 OR c.account = @p1) AND c.created_at >= @p2 AND c.created_at < @p3"
        + " AND (@p4 = '' OR h.host_key LIKE @p4 ESCAPE '!' OR h.host_key LIKE @p4 || ':%' ESCAPE '!')"
        + State switch
        {
            // The two partial indexes are used only where their own conditions stand in the query.
            "pending" => " AND c.id IN (SELECT id FROM callback WHERE state = 0"
                + " UNION ALL SELECT id FROM callback WHERE state <> 0 AND state <> 3 AND state < 3)",
            "delivered" => " AND c.state = 3",
            "exhausted" => " AND c.state <> 0 AND c.state <> 3 AND c.state = 4",
            "cancelled" => " AND c.state <> 0 AND c.state <> 3 AND c.state = 5",
            _ => "",
        }
        + (RecoveredHook == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $" AND c.hook = {RecoveredHook} AND c.replay = 0 AND c.reason IN ({(int)ExhaustedReason.Retries}, {(int)ExhaustedReason.Expired})"));

    // Ids grow with time, so the beginning of the time is also a bound on the ids, which costs no index; with the same slack as messages have.
    // The layout with the fewest lower bits gives the lowest bound, which holds for the ids of every engine.
    private string Since => FromMs <= 0 ? "" : string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"AND c.id >= {s_lowest.FirstAt(DateTimeOffset.FromUnixTimeMilliseconds(FromMs).AddMinutes(-30))} ");

    /// <summary>The host as a pattern over the hook's scheme and authority; empty for all.</summary>
    public string HostPattern => Host is null ? ""
        : "%://" + Host.ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);

    /// <summary>Reads the query of <c>GET /admin/v1/callbacks</c>.</summary>
    public static CallbackFilter Read(AdminCall call, HubSnapshot snapshot) => new(
        CheckState(call.Query("state")),
        Filters.Account(call, snapshot),
        call.Query("host"),
        Paging.Moment(call, "from")?.ToUnixTimeMilliseconds() ?? 0,
        Paging.Moment(call, "to")?.ToUnixTimeMilliseconds() ?? long.MaxValue);

    /// <summary>Reads the body of a bulk replay: the same names.</summary>
    public static CallbackFilter Read(JsonElement body, AdminCall call, HubSnapshot snapshot)
    {
        var input = new JsonInput(body);
        var account = input.Text("account", 1, 64);
        var filter = new CallbackFilter(
            CheckState(input.Text("state", 1, 20)),
            Filters.Account(account, call, snapshot),
            input.Text("host", 1, 255),
            input.Moment("from")?.ToUnixTimeMilliseconds() ?? 0,
            input.Moment("to")?.ToUnixTimeMilliseconds() ?? long.MaxValue);
        input.RefuseUnknown();
        return input.IsValid ? filter : throw new AdminRefusal(Answers.Invalid(input.Faults));
    }

    private static string? CheckState(string? state) =>
        state is null or "pending" or "delivered" or "exhausted" or "cancelled"
            ? state
            : throw new AdminRefusal(Answers.Invalid("state", "must be one of pending, delivered, exhausted, cancelled"));
}

/// <summary>What filters share.</summary>
internal static class Filters
{
    /// <summary>The account that the call asks for, or is bound to; 0 for all.</summary>
    public static int Account(AdminCall call, HubSnapshot snapshot) => Account(call.Query("account"), call, snapshot);

    public static int Account(string? id, AdminCall call, HubSnapshot snapshot)
    {
        if (id is null)
        {
            return call.Principal.Scope?.Number ?? 0;
        }

        return snapshot.Accounts.TryGetValue(id, out var account) && call.Principal.Sees(account.Number)
            ? account.Number
            : throw new AdminRefusal(AccountsApi.Unknown(id));
    }
}
