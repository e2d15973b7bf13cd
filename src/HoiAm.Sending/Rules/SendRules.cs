using System.Globalization;
using System.Net;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>
/// Judges a send call. The order of the checks is fixed, so that of two faults always the same one is named:
/// <code>
/// 1. account      101 keys, 143 locked, 140 source address
/// 2. kind         300 missing, 118 unsupported
/// 3. fields       110 RequestId, campaignid, CallbackUrl, what the kind requires; 161 SendDate
/// 4. receivers    108, 115, 852, 853, 163, 99, 107, 120
/// 5. sender       104, 106, 791, 204, 799, 789
/// 6. content      201, 790, 210, 801, 802
/// 7. routes       118 nobody carries the kind, 177 carrier, 102 no price
/// 8. balance      103
/// 9. template     146, last: its message is stored, so everything else must be right
/// </code>
/// 124 is found by the ledger, and so is 103 once more, in the transaction that stores the message.
/// </summary>
public static class SendRules
{
    /// <summary>Longest RequestId (protocol C.1).</summary>
    public const int RequestIdLengthMax = 50;

    /// <summary>Longest campaignid (protocol C.1).</summary>
    public const int CampaignLengthMax = 254;

    /// <summary>Longest CallbackUrl; undocumented, the usual bound of a request line.</summary>
    public const int CallbackUrlLengthMax = 2048;

    /// <summary>Most receivers of one request (protocol G 46).</summary>
    public const int ReceiversMax = 5000;

    /// <summary>Fewest receivers of a promotion (protocol G 46).</summary>
    public const int PromoReceiversMin = 30;

    /// <summary>Most rows of a bulk send (protocol C.2).</summary>
    public const int BulkRowsMax = 500;

    /// <summary>Judges a send; <paramref name="catalogue"/> is null when the keys are wrong.</summary>
    public static SendDecision Decide(SendRequest request, AccountCatalogue? catalogue, SendContext context)
    {
        if (CheckAccount(catalogue, context.RemoteAddress) is { } closed)
        {
            return SendDecision.Refuse(closed);
        }

        var judge = new Judge(catalogue!, context, IsEstimate: false);
        if (request is ZnsBulkRequest bulk)
        {
            return BulkRules.Decide(bulk, judge);
        }

        var outcome = judge.Draft(request, context.NewSmsId(context.Now));
        if (outcome.Draft is not { } draft)
        {
            return SendDecision.Refuse(outcome.Result);
        }

        if (draft.Disposition != DraftDisposition.Reject && draft.PriceToCover > catalogue!.Balance)
        {
            return SendDecision.Refuse(EsmsResults.BalanceTooLow);
        }

        return SendDecision.Accept(draft, IsSandbox(request)) with { Result = outcome.Result };
    }

    /// <summary>
    /// What a send would cost, by the same code that charges. Only what changes the price is checked: neither the minimum of 30 numbers
    /// nor the balance nor the RequestId.
    /// </summary>
    public static (EsmsResult Result, decimal TotalPrice, int TotalReceiver) Estimate(
        SummaryRequest request, AccountCatalogue? catalogue, SendContext context)
    {
        if (CheckAccount(catalogue, context.RemoteAddress) is { } closed)
        {
            return (closed, 0, 0);
        }

        var outcome = new Judge(catalogue!, context, IsEstimate: true).Draft(request.Send, "");
        return outcome is { Result.IsSuccess: true, Draft: { } draft }
            ? (EsmsResults.Success, draft.TotalPrice, draft.Recipients.Length)
            : (outcome.Result, 0, 0);
    }

    /// <summary>101, 143 and 140, which every call checks first; null when the account may go on.</summary>
    public static EsmsResult? CheckAccount(AccountCatalogue? catalogue, IPAddress? remoteAddress)
    {
        if (catalogue is null)
        {
            return EsmsResults.Unauthorized;
        }

        if (!catalogue.Active)
        {
            return EsmsResults.AccountLocked;
        }

        if (catalogue.AllowedAddresses.IsEmpty)
        {
            return null;
        }

        // An IPv4 client on a dual-stack socket shows up in IPv6 form.
        var address = remoteAddress is { IsIPv4MappedToIPv6: true } ? remoteAddress.MapToIPv4() : remoteAddress;
        return address is not null && catalogue.AllowedAddresses.Any(n => n.Contains(address)) ? null : EsmsResults.AddressNotAllowed;
    }

    internal static EsmsResult? CheckCommon(SendRequest request, SendContext context, out DateTimeOffset? sendAt)
    {
        sendAt = null;
        if (request.RequestId.Length > RequestIdLengthMax)
        {
            return EsmsResults.DataInvalid("RequestId has at most 50 characters.");
        }

        if (request.Campaign.Length > CampaignLengthMax)
        {
            return EsmsResults.DataInvalid("campaignid has at most 254 characters.");
        }

        if (request.CallbackUrl.Length > CallbackUrlLengthMax)
        {
            return EsmsResults.DataInvalid("CallbackUrl has at most 2048 characters.");
        }

        if (request.CallbackUrl.Length > 0 && context.RefuseCallbackUrl(request.CallbackUrl) is { } refusal)
        {
            return EsmsResults.DataInvalid("CallbackUrl cannot be used: " + refusal);
        }

        return SendDates.TryParseSchedule(request.SendDate, context.Now, out sendAt) ? null : EsmsResults.DateInvalid("SendDate");
    }

    /// <summary>The kind of an SmsType among those that a call sends: 300 when missing, 118 when it is none of them.</summary>
    internal static EsmsResult? CheckKind(string smsType, ReadOnlySpan<MessageKind> allowed, out MessageKind kind)
    {
        kind = default;
        if (smsType.Length == 0)
        {
            return EsmsResults.MissingKind;
        }

        if (!int.TryParse(smsType, NumberStyles.None, CultureInfo.InvariantCulture, out var typeId)
            || MessageKinds.FromTypeId(typeId) is not { } known
            || !allowed.Contains(known))
        {
            return EsmsResults.UnsupportedKind;
        }

        kind = known;
        return null;
    }

    private static bool IsSandbox(SendRequest request) =>
        request.Sandbox || (request is MultiChannelRequest multi && multi.Parts.Any(p => p.Sandbox));
}

/// <summary>A message, or why there is none. Both when it is stored although it is refused (146).</summary>
internal readonly record struct DraftOutcome(EsmsResult Result, MessageDraft? Draft)
{
    public static implicit operator DraftOutcome(EsmsResult refusal) => new(refusal, null);

    public static implicit operator DraftOutcome(MessageDraft draft) => new(EsmsResults.Success, draft);
}
