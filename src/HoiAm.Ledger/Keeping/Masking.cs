using System.Globalization;
using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Storage;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Keeping;

/// <summary>Masks what messages said once no route needs it: one-time codes above all.</summary>
internal static class Masking
{
    /// <summary>Name in "meta" of the id up to which messages have been looked at.</summary>
    public const string Cursor = "masked_upto";

    public static int Mask(GroupContext group, IReadOnlyList<long> messageIds, long? cursor)
    {
        var connection = group.Store.Connection;
        var count = 0;
        foreach (var id in messageIds)
        {
            if (group.Store.GetMessage(id) is not { Extra: { } extra } message)
            {
                connection.Execute("DELETE FROM unmasked WHERE message = @p0", id);
                continue;
            }

            if (UnderWay.HasOutbox(group, id) || UnderWay.HasSecondLeg(message))
            {
                connection.Execute("INSERT INTO unmasked (message) VALUES (@p0) ON CONFLICT (message) DO NOTHING", id);
                continue;
            }

            connection.Execute("DELETE FROM unmasked WHERE message = @p0", id);
            var facts = SentFacts.Read(extra);
            if (!facts.Masked)
            {
                connection.Execute("UPDATE message SET extra = @p1 WHERE id = @p0", id, TextMask.Mask(facts).ToJson());
                count++;
            }
        }

        if (cursor is { } upTo)
        {
            connection.Execute(
                "INSERT INTO meta (name, value) VALUES (@p0, @p1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                Cursor,
                upTo.ToString(CultureInfo.InvariantCulture));
        }

        return count;
    }
}
