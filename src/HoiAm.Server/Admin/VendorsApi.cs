using System.Globalization;
using System.Text.Json;
using HoiAm.Model;
using HoiAm.Protocols.VendorSms;
using HoiAm.Server.Admin.Catalogue;
using HoiAm.Server.Directory;
using HoiAm.Server.Guarding;
using HoiAm.Server.Json;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Admin;

/// <summary>Vendors: <c>PUT</c>, <c>GET</c> one, <c>GET</c> list (contract section 4).</summary>
internal sealed class VendorsApi(HubDirectory directory, TimeProvider time)
{
    public void Map(AdminRoutes routes)
    {
        routes.Map("PUT", "/vendors/{id}", Permission.Administer, scoped: false, PutAsync);
        routes.Get("/vendors/{id}", call => Task.FromResult(
            directory.Current.Vendors.TryGetValue(call.Route("id"), out var vendor) ? Answers.Ok(Show(vendor)) : Unknown(call.Route("id"))));
        routes.Get("/vendors", call =>
        {
            var paging = Paging.Read(call);
            var rows = directory.Current.Vendors.Values.Where(v => v.Number > (paging.Cursor ?? 0)).OrderBy(v => v.Number)
                .Take(paging.Limit + 1).ToList();
            return Task.FromResult(Answers.Ok(paging.Page(rows, v => v.Number, Show)));
        });
    }

    /// <summary>404 for a vendor.</summary>
    public static IResult Unknown(string id) => Answers.NotFound($"There is no vendor '{id}'.");

    private async Task<IResult> PutAsync(AdminCall call)
    {
        var id = call.Route("id");
        AccountsApi.CheckId(id);
        var (document, refusal) = await call.JsonAsync().ConfigureAwait(false);
        if (refusal is not null)
        {
            return refusal;
        }

        using (document)
        {
            var now = time.GetUtcNow();
            var created = await directory.ChangeAsync(connection =>
            {
                // Read here and not in the snapshot: another node may have changed it a moment ago.
                var current = AccountsApi.Stored<VendorSettings>(connection, "vendor", id);
                var input = new JsonInput(document!.RootElement);
                var apiKey = CredentialWrites.ReadKey(input, "apiKey", required: current is null);
                var settings = Read(input, current ?? new VendorSettings());
                if (!input.IsValid)
                {
                    throw new AdminRefusal(Answers.Invalid(input.Faults));
                }

                var number = AccountsApi.Upsert(connection, "vendor", id, JsonSerializer.Serialize(settings), now, out var isNew);
                CredentialWrites.PutFirst(
                    connection, CredentialKind.Vendor, number, id, apiKey is null ? null : directory.Keys.Digest(apiKey), null, now);
                Audit.Write(connection, call.Principal, isNew ? "vendor.create" : "vendor.change", id, now, AccountsApi.Members(document));
                return isNew;
            }).ConfigureAwait(false);
            var vendor = directory.Current.Vendors[id];
            return created ? Answers.Created(Show(vendor)) : Answers.Ok(Show(vendor));
        }
    }

    private VendorSettings Read(JsonInput input, VendorSettings settings)
    {
        settings = settings with
        {
            Enabled = input.Flag("enabled") ?? (input.IsNull("enabled") || settings.Enabled),
            Strict = input.Flag("strict") ?? (!input.IsNull("strict") && settings.Strict),
            StatusMap = ReadMap(input, settings.StatusMap),
            AllowedAddresses = InputLists.Texts(
                input, "allowedAddresses", 1_000, 64, settings.AllowedAddresses, text => AddressRanges.Parse(text, out var fault) is null ? fault : null),
            Connector = ConnectorInput.Read(input, settings.Connector, directory),
        };
        input.RefuseUnknown();
        return settings;
    }

    private static IReadOnlyDictionary<int, ReportedStatus> ReadMap(JsonInput input, IReadOnlyDictionary<int, ReportedStatus> current)
    {
        if (input.IsNull("statusMap"))
        {
            return new Dictionary<int, ReportedStatus>();
        }

        if (input.Element("statusMap") is not { } element)
        {
            return current;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            input.Fault("statusMap", "must be an object of status numbers and words like { \"2\": \"delivered\" }");
            return current;
        }

        var texts = element.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, m.Value.ToString()));
        if (VendorStatusMap.TryParse(texts, out var map, out var errors))
        {
            return map;
        }

        foreach (var error in errors)
        {
            input.Fault("statusMap", "is wrong: " + error);
        }

        return current;
    }

    private static object Show(Vendor vendor) => new
    {
        id = vendor.Id,
        enabled = vendor.Settings.Enabled,
        strict = vendor.Settings.Strict,
        statusMap = vendor.Settings.StatusMap.OrderBy(p => p.Key)
            .ToDictionary(p => p.Key.ToString(CultureInfo.InvariantCulture), p => VendorStatusMap.Name(p.Value)),
        connector = vendor.Settings.Connector is { } connector ? ConnectorInput.Show(connector) : null,
        allowedAddresses = vendor.Settings.AllowedAddresses,
    };
}
