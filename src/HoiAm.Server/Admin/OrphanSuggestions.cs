using System.Data.Common;
using HoiAm.Ledger.Folding;
using HoiAm.Ledger.Rows;
using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Queries;

namespace HoiAm.Server.Admin;

/// <summary>
/// Messages that an orphan may belong to: the same number, a number that differs in one digit, the same id with another number, an id in
/// another spelling. Each guess is one look-up by key, so the size of the store does not matter.
/// </summary>
internal sealed class OrphanSuggestions(HubDirectory directory)
{
    private const int ShownMax = 10;
    private const int PerGuessMax = 20;

    /// <summary>The likeliest ones, best first.</summary>
    public List<(string Reason, MessageRow Message)> Find(DbConnection connection, OrphanRow orphan)
    {
        var found = Guesses(connection, orphan)
            .DistinctBy(g => g.Message.Id)
            .Select((g, i) => (g.Reason, g.Message, Order: i))
            .ToList();
        return
        [
            .. found.OrderBy(g => Rank(g.Reason)).ThenBy(g => g.Message.State.IsFinal() ? 1 : 0)
                .ThenBy(g => Math.Abs(g.Message.CreatedAtMs - orphan.AtMs)).ThenBy(g => g.Order)
                .Take(ShownMax).Select(g => (g.Reason, g.Message)),
        ];
    }

    private static int Rank(string reason) => reason switch { "id" => 0, "idSpelling" => 1, "number" => 2, _ => 3 };

    private IEnumerable<(string Reason, MessageRow Message)> Guesses(DbConnection connection, OrphanRow orphan)
    {
        foreach (var id in new[] { orphan.Report.ReferentId, orphan.Report.RequestId }.OfType<string>().Distinct())
        {
            foreach (var message in ById(connection, id))
            {
                yield return ("id", message);
            }

            foreach (var message in Spellings(id).SelectMany(s => ById(connection, s)))
            {
                yield return ("idSpelling", message);
            }
        }

        foreach (var message in LedgerQueries.ByReference(connection, ReferenceKind.Address, 0, orphan.Report.Address).Take(PerGuessMax))
        {
            yield return ("number", message);
        }

        foreach (var near in Neighbours(orphan.Report.Address))
        {
            foreach (var message in LedgerQueries.ByReference(connection, ReferenceKind.Address, 0, near).Take(2))
            {
                yield return ("numberOneDigit", message);
            }
        }
    }

    // Whoever mixed the ids up may have put any of them into any field, and the report may have come by another vendor.
    private IEnumerable<MessageRow> ById(DbConnection connection, string id) =>
        LedgerQueries.ByReferences(
            connection, LedgerQueries.KeysOfId(id, directory.Current.AccountsByNumber.Keys, directory.Current.VendorsByNumber.Keys))
            .Where(m => m.SmsId == id || m.RequestId == id || m.ReferentId == id || m.VendorRequestId == id)
            .Take(PerGuessMax);

    private static IEnumerable<string> Spellings(string id)
    {
        var spellings = new[]
        {
            id.ToLowerInvariant(), id.ToUpperInvariant(), id.Trim(), id.Replace("-", "", StringComparison.Ordinal), id.TrimStart('0'), id.Trim('{', '}', '"'),
        };
        return spellings.Where(s => s != id && s.Length > 0).Distinct();
    }

    /// <summary>Numbers that differ in one digit, or in the order of two neighbours.</summary>
    internal static IEnumerable<string> Neighbours(string address)
    {
        if (address.Length is < 9 or > 15 || !address.All(char.IsAsciiDigit))
        {
            yield break;
        }

        for (var i = 2; i < address.Length; i++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                if (digit != address[i])
                {
                    yield return address[..i] + digit + address[(i + 1)..];
                }
            }

            if (i + 1 < address.Length && address[i] != address[i + 1])
            {
                yield return address[..i] + address[i + 1] + address[i] + address[(i + 2)..];
            }
        }
    }
}
