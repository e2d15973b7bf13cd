using HoiAm.Model;
using HoiAm.Server.Directory;
using HoiAm.Server.Guarding;
using HoiAm.Server.Json;
using HoiAm.Server.Sending.Catalogues;

namespace HoiAm.Server.Admin.Catalogue;

/// <summary>Reads what an account sends through, and what holds it back.</summary>
internal static class SendingSettingsInput
{
    private const int ListMax = 10_000;

    public static SendingSettings Read(JsonInput input, SendingSettings? current, HubDirectory directory, bool allowPrivate)
    {
        var d = current ?? new SendingSettings();
        return d with
        {
            UserId = input.Number("userId", 0, int.MaxValue) ?? d.UserId,
            AllowedAddresses = InputLists.Texts(input, "allowedAddresses", ListMax, 64, d.AllowedAddresses, text =>
                AddressRanges.Parse(text, out var fault) is null ? fault : null),
            BlockedNumbers = Numbers(input, d.BlockedNumbers),
            BlockedKeywords = InputLists.Texts(input, "blockedKeywords", ListMax, 200, d.BlockedKeywords),
            ApprovalKinds = InputLists.Texts(input, "approvalKinds", 16, 8, d.ApprovalKinds, KindFault),
            Routes = InputLists.Objects(input, "routes", 100, d.Routes, row => Route(row, directory)),
            VoiceTemplates = InputLists.Objects(input, "voiceTemplates", 1_000, d.VoiceTemplates, row => new VoiceTemplateDocument(
                row.Text("id", 1, 64, required: true) ?? "", row.Flag("isRecording") ?? false, row.Number("variableCount", 0, 64) ?? 0)),
            CodePairs = InputLists.Objects(input, "codePairs", 1_000, d.CodePairs, row => new CodePairDocument(
                row.Text("id", 1, 64, required: true) ?? "",
                row.Text("oaId", 1, 64, required: true) ?? "",
                row.Text("tempId", 1, 64, required: true) ?? "",
                row.Text("brandname", 1, 64, required: true) ?? "",
                row.Text("message", 1, 1_000, required: true) ?? "",
                row.Number("codeLength", 4, 20) ?? 6,
                row.Flag("digitsOnly") ?? true)),
            SandboxCallbacks = CatalogueInput.Flag(input, "sandboxCallbacks", d.SandboxCallbacks, false),
            ShortCode = input.IsNull("shortCode") ? null : input.Object("shortCode") is { } code ? ShortCode(code, d.ShortCode, directory, allowPrivate) : d.ShortCode,
        };
    }

    /// <summary>The settings without their secrets.</summary>
    public static object Show(SendingSettings s) => new
    {
        userId = s.UserId,
        allowedAddresses = s.AllowedAddresses,
        blockedNumbers = s.BlockedNumbers,
        blockedKeywords = s.BlockedKeywords,
        approvalKinds = s.ApprovalKinds,
        routes = s.Routes.Select(r => new { typeId = r.TypeId.Length == 0 ? null : r.TypeId, telco = r.Telco == 0 ? (int?)null : r.Telco, route = r.Route }),
        voiceTemplates = s.VoiceTemplates,
        codePairs = s.CodePairs,
        sandboxCallbacks = s.SandboxCallbacks,
        shortCode = s.ShortCode is { } c ? new { url = c.Url, cpId = c.CpId } : null,
    };

    private static string? KindFault(string text) => KindNames.Parse(text) is null ? "must be one of " + KindNames.Accepted : null;

    private static List<string> Numbers(JsonInput input, IReadOnlyList<string> current) =>
    [
        .. InputLists.Texts(input, "blockedNumbers", ListMax, 32, current, text => Msisdn.TryNormalize(text, out _) ? null : "must be a Vietnamese mobile number")
            .Select(n => Msisdn.TryNormalize(n, out var phone) ? phone : n),
    ];

    private static RouteDocument Route(JsonInput row, HubDirectory directory)
    {
        var typeId = row.Text("typeId", 1, 8);
        if (typeId is not null && KindFault(typeId) is { } fault)
        {
            row.Fault("typeId", fault);
        }

        var route = row.Text("route", 1, 64, required: true) ?? "";
        var known = directory.RouteNames.Append(Sending.Routes.Submitting.ProviderRoutes.Upstream)
            .Concat(directory.Current.Vendors.Values.Where(v => v.Settings.Connector is not null).Select(v => v.Id)).ToList();
        if (route.Length > 0 && !known.Contains(route))
        {
            row.Fault("route", "must be one of " + string.Join(", ", known) + "; a vendor with a connector is a route too");
        }

        return new RouteDocument(typeId ?? "", row.Number("telco", 1, 7) ?? 0, route);
    }

    private static ShortCodeDocument? ShortCode(JsonInput input, ShortCodeDocument? current, HubDirectory directory, bool allowPrivate)
    {
        var url = AccountInput.ReadHook(input, "url", allowPrivate) ?? current?.Url;
        var cpId = input.Text("cpId", 1, 64) ?? current?.CpId;
        var key = input.Text("privateKey", 1, 256) is { } secret ? directory.Keys.Seal(secret) : current?.SealedPrivateKey;
        input.RefuseUnknown();
        if (url is not null && cpId is not null && key is not null)
        {
            return new ShortCodeDocument(url, cpId, key);
        }

        input.Fault("", "needs url, cpId and privateKey");
        return current;
    }
}
