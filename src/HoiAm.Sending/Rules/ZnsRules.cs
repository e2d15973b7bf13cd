using System.Collections.Immutable;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>Template messages by Zalo: kinds 24, 25 and 27, to a phone, a user id or a hashed phone.</summary>
internal static class ZnsRules
{
    private static readonly System.Buffers.SearchValues<char> s_lowerHex = System.Buffers.SearchValues.Create("0123456789abcdef");

    public static DraftOutcome Draft(ZnsSendRequest request, Judge judge, string smsId)
    {
        // Step 3: fields.
        if (SendRules.CheckCommon(request, judge.Context, out var sendAt) is { } malformed)
        {
            return malformed;
        }

        if (CheckMode(request.SendingMode) is { } badMode)
        {
            return badMode;
        }

        if (request.IsJourney && request.OrderId.Length == 0)
        {
            return EsmsResults.DataInvalid("OrderId is missing.");
        }

        // Step 4: the receiver.
        if (Receiver(request.Addressing, request.Address, judge, out var address, out var form) is { } unreachable)
        {
            return unreachable;
        }

        // Step 5: Official Account and template.
        if (Template(request.OaId, request.TempId, judge, out var oa, out var template) is { } unknown)
        {
            return unknown;
        }

        if (KindOf(request, template) is not { } kind)
        {
            return EsmsResults.TemplateNotConfigured;
        }

        // Step 6: values and mode.
        if (Fill(template, request.Values, out var parameters) is { } unfitting)
        {
            return unfitting;
        }

        if (CheckOverQuota(request.SendingMode, request.SendDate, oa) is { } overQuota)
        {
            return overQuota;
        }

        // Step 7: route and price.
        if (judge.Price(kind, [(address, form)], 1, null, out var priced) is { } unpriced)
        {
            return unpriced;
        }

        return new MessageDraft
        {
            SmsId = smsId,
            Kind = kind,
            Recipients = priced,
            Disposition = judge.DispositionOf(kind),
            RequestId = request.RequestId,
            CallbackUrl = request.CallbackUrl,
            SendAt = sendAt,
            Campaign = request.Campaign,
            Content = Readable(parameters),
            OaId = oa.Id,
            TempId = template.Id,
            Parameters = parameters,
            OverQuota = request.SendingMode == "3",
            OrderId = request.IsJourney ? request.OrderId : "",
        };
    }

    /// <summary>SendingMode is absent, 1 or 3.</summary>
    public static EsmsResult? CheckMode(string mode) =>
        mode is "" or "0" or "1" or "3" ? null : EsmsResults.DataInvalid("SendingMode is 1 or 3.");

    /// <summary>SendingMode 3 must not be scheduled (801), even for a time that has passed, and needs the OA's right (802).</summary>
    public static EsmsResult? CheckOverQuota(string mode, string sendDate, OfficialAccount oa)
    {
        if (mode != "3")
        {
            return null;
        }

        return sendDate.Length > 0 ? EsmsResults.OverQuotaScheduled : oa.OverQuotaAllowed ? null : EsmsResults.OverQuotaNotAllowed;
    }

    /// <summary>791, 204, 799, 789.</summary>
    public static EsmsResult? Template(string oaId, string tempId, Judge judge, out OfficialAccount oa, out ZnsTemplate template)
    {
        template = null!;
        oa = null!;
        if (oaId.Length == 0 || tempId.Length == 0)
        {
            return EsmsResults.MissingOaOrTemplate;
        }

        if (judge.Oa(oaId, out oa) is { } noOa)
        {
            return noOa;
        }

        template = oa.FindTemplate(tempId)!;
        return template is null ? EsmsResults.TemplateNotConfigured : null;
    }

    /// <summary>
    /// Puts the values into template order: 790 when one is missing, too long, or, given in order, one too many. Names that the template
    /// does not have are ignored, as Zalo ignores them.
    /// </summary>
    public static EsmsResult? Fill(ZnsTemplate template, ZnsValues values, out ImmutableArray<KeyValuePair<string, string>> parameters)
    {
        parameters = [];
        var byName = !values.Named.IsEmpty;
        if (!byName && values.Ordered.Length > template.Parameters.Length)
        {
            return EsmsResults.ContentMismatch("The number of Params");
        }

        var filled = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>(template.Parameters.Length);
        for (var i = 0; i < template.Parameters.Length; i++)
        {
            var parameter = template.Parameters[i];
            var value = byName
                ? values.Named.LastOrDefault(v => v.Key.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)).Value ?? ""
                : i < values.Ordered.Length ? values.Ordered[i] : "";
            if ((value.Length == 0 && parameter.Required) || value.Length > parameter.Limit)
            {
                return EsmsResults.ContentMismatch($"Parameter {parameter.Name}");
            }

            filled.Add(KeyValuePair.Create(parameter.Name, value));
        }

        parameters = filled.ToImmutable();
        return null;
    }

    /// <summary>The values as one line, for the query calls and the dashboard.</summary>
    public static string Readable(ImmutableArray<KeyValuePair<string, string>> parameters) =>
        string.Join(", ", parameters.Select(p => $"{p.Key}: {p.Value}"));

    private static MessageKind? KindOf(ZnsSendRequest request, ZnsTemplate template) => request.Addressing switch
    {
        // By UID is documented for kind 25 only.
        ZnsAddressing.ZaloUid => template.Kind == MessageKind.Zns ? MessageKind.ZnsByUid : null,
        ZnsAddressing.Phone when request.IsJourney => template.AllowsJourney ? MessageKind.ZnsJourney : null,
        _ => template.Kind,
    };

    private static EsmsResult? Receiver(ZnsAddressing addressing, string text, Judge judge, out string address, out AddressForm form)
    {
        address = text;
        switch (addressing)
        {
            case ZnsAddressing.ZaloUid:
                form = AddressForm.ZaloUid;
                return CheckUid(text);
            case ZnsAddressing.HashedPhone:
                form = AddressForm.HashedPhone;
                return text.Length == 64 && text.AsSpan().IndexOfAnyExcept(s_lowerHex) < 0 ? null : EsmsResults.HashInvalid;
            default:
                form = AddressForm.Phone;
                return judge.Phone(text, out address);
        }
    }

    /// <summary>853 when missing, 852 when longer than 20 or not digits.</summary>
    public static EsmsResult? CheckUid(string uid)
    {
        if (uid.Length == 0)
        {
            return EsmsResults.UidMissing;
        }

        return uid.Length <= 20 && uid.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? null : EsmsResults.UidInvalid;
    }
}
