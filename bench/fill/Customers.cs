using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Writing;
using HoiAm.Model;
using HoiAm.Server.Directory;

namespace HoiAm.Bench.Fill;

/// <summary>The benchmark's accounts and its vendor, as the hub entered them.</summary>
/// <param name="Vendor">The vendor's number.</param>
/// <param name="Accounts">The accounts, by the number in their name.</param>
internal sealed record Customers(int Vendor, IReadOnlyList<AccountProfile> Accounts)
{
    public static Customers Read(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number FROM vendor WHERE id = 'bench'";
        var vendor = Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        command.CommandText = "SELECT number, id, document FROM account WHERE id LIKE 'bench-%' AND id <> 'bench-one'";
        var accounts = new List<(int Place, AccountProfile Profile)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = reader.GetString(1);
            var settings = JsonSerializer.Deserialize<AccountSettings>(reader.GetString(2));
            accounts.Add((
                int.Parse(id["bench-".Length..], CultureInfo.InvariantCulture),
                new AccountProfile(
                    reader.GetInt32(0), settings?.CallbackUrl, CallbackFormat.EsmsGet, CallbackProfile.Default,
                    AccountProfile.FinalStates, TimeSpan.Zero) { Id = id }));
        }

        return vendor == 0 || accounts.Count == 0
            ? throw new InvalidOperationException("The store has no account bench-0 and vendor bench: start a hub on it with bench/scale first.")
            : new Customers(vendor, [.. accounts.OrderBy(a => a.Place).Select(a => a.Profile)]);
    }
}
