using System.Globalization;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Rows;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger.Folding;

/// <summary>
/// Which reports came before, where one bit per status does not tell (<see cref="ReportFold.StatusBit"/>): rare status numbers, and
/// messages of which any vendor may report. Each of those leaves a key in the index of references: one look-up decides, however many
/// reports the message has, and whatever walks the index finds the message under it like under any other.
/// </summary>
internal static class ReportMemory
{
    /// <summary>True when the same vendor said the same about the same recipient before; remembers it otherwise.</summary>
    public static bool IsRepeat(GroupContext group, MessageRow message, RecipientRow recipient, IncomingReport report)
    {
        if (ReportFold.StatusBit(message, report) != 0)
        {
            return false;
        }

        var key = ReferenceKey.Of(ReferenceKind.Repeat, report.Vendor, string.Create(
            CultureInfo.InvariantCulture, $"{message.Id}\n{recipient.Address}\n{report.StatusCode}"));
        var ids = group.Ids;
        ids.Clear();
        group.Store.FindMessages(key, ids);
        if (ids.Contains(message.Id))
        {
            return true;
        }

        group.Store.AddReference(key, message.Id);
        return false;
    }
}
