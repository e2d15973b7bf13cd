using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Outgoing;

/// <summary>A callback that belongs to no message.</summary>
/// <param name="HookUrl">Scheme, host, port and path.</param>
/// <param name="HostKey">Scheme, host and port in lower case.</param>
/// <param name="Query">What follows on the request line, from <c>?</c> on.</param>
public sealed record FreeCallback(string HookUrl, string HostKey, string Query);

/// <summary>What an administrator's decision does to a message that waits in the outbox.</summary>
internal static class OutboxCommands
{
    /// <summary>Approved: handed over, or its route goes on. Rejected: taken out, unless some of its receivers are still under way.</summary>
    public static void Decide(GroupContext group, long messageId, bool isOver)
    {
        var connection = group.Store.Connection;
        if (isOver)
        {
            connection.Execute("DELETE FROM outbox WHERE message = @p0", messageId);
            return;
        }

        // A route may not have told yet that the message waits there: whatever it says later, it is approved.
        connection.Execute(
            "UPDATE outbox SET state = CASE state WHEN @p1 THEN @p2 ELSE @p3 END WHERE message = @p0",
            messageId,
            (int)OutboxState.AwaitsApproval,
            (int)OutboxState.Ready,
            (int)OutboxState.ApprovedThere);
        foreach (var due in connection.Query("SELECT due_at FROM outbox WHERE message = @p0", r => r.GetInt64(0), messageId))
        {
            group.AddReady(messageId, due);
        }
    }
}
