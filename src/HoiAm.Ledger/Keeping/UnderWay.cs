using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Keeping;

/// <summary>Tells what the hub still has to do for a message.</summary>
internal static class UnderWay
{
    /// <summary>True while a route has to take it, or somebody to approve it.</summary>
    public static bool HasOutbox(GroupContext group, long messageId) =>
        group.Store.Connection.Scalar("SELECT COUNT(*) FROM outbox WHERE message = @p0", messageId) > 0;

    /// <summary>True while one of its callbacks waits to be sent or sent again.</summary>
    public static bool HasCallback(GroupContext group, MessageRow message)
    {
        for (var id = message.LastCallback; id != 0 && group.Store.GetCallback(id) is { } row; id = row.Previous)
        {
            if (row.State <= CallbackState.Held)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True while a second leg may follow, whose text and receivers are kept with the first.</summary>
    public static bool HasSecondLeg(MessageRow message) => SentFacts.HasLegs(message.Extra) && !message.State.IsFinal();
}
