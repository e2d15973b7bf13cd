using System.Collections.Immutable;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>
/// Send_zns_bulk_v4_post_json: what all rows share is refused for all of them, what a row has of its own is its own result.
/// </summary>
internal static class BulkRules
{
    public static SendDecision Decide(ZnsBulkRequest request, Judge judge)
    {
        if (SendRules.CheckCommon(request, judge.Context, out var sendAt) is { } malformed)
        {
            return SendDecision.Refuse(malformed);
        }

        if (request.Rows.IsEmpty)
        {
            return SendDecision.Refuse(EsmsResults.DataInvalid("Data is missing."));
        }

        if (request.Rows.Length > SendRules.BulkRowsMax)
        {
            return SendDecision.Refuse(EsmsResults.TooManyRows);
        }

        if (ZnsRules.CheckMode(request.SendingMode) is { } badMode)
        {
            return SendDecision.Refuse(badMode);
        }

        if (ZnsRules.Template(request.OaId, request.TempId, judge, out var oa, out var template) is { } unusable)
        {
            return SendDecision.Refuse(unusable);
        }

        if (ZnsRules.CheckOverQuota(request.SendingMode, request.SendDate, oa) is { } overQuota)
        {
            return SendDecision.Refuse(overQuota);
        }

        var common = new MessageDraft
        {
            SmsId = "",
            Kind = template.Kind,
            Recipients = [],
            Disposition = judge.DispositionOf(template.Kind),
            CallbackUrl = request.CallbackUrl,
            SendAt = sendAt,
            Campaign = request.Campaign,
            OaId = oa.Id,
            TempId = template.Id,
            OverQuota = request.SendingMode == "3",
        };
        return new SendDecision { Result = EsmsResults.Success, Rows = Rows(request, common, template, judge), IsSandbox = request.Sandbox };
    }

    private static ImmutableArray<BulkRowDecision> Rows(ZnsBulkRequest request, MessageDraft common, ZnsTemplate template, Judge judge)
    {
        var rows = ImmutableArray.CreateBuilder<BulkRowDecision>(request.Rows.Length);
        var requestIds = new HashSet<string>(StringComparer.Ordinal);
        var balance = judge.Catalogue.Balance;
        foreach (var row in request.Rows)
        {
            var outcome = Row(row, common, template, judge);
            if (outcome.Draft is { } draft && draft.TotalPrice > balance)
            {
                outcome = EsmsResults.BalanceTooLow;
            }
            else if (outcome.Draft is not null && row.RequestId.Length > 0 && !requestIds.Add(row.RequestId))
            {
                // Two rows of one request with the same id: the first is the message, the second its repetition.
                outcome = EsmsResults.RepeatedRequestId;
            }

            balance -= outcome.Draft?.TotalPrice ?? 0;
            rows.Add(new BulkRowDecision(row.Phone, outcome.Result, outcome.Draft));
        }

        return rows.MoveToImmutable();
    }

    private static DraftOutcome Row(ZnsBulkRow row, MessageDraft common, ZnsTemplate template, Judge judge)
    {
        if (row.RequestId.Length > SendRules.RequestIdLengthMax)
        {
            return EsmsResults.DataInvalid("RequestId has at most 50 characters.");
        }

        if (judge.Phone(row.Phone, out var phone) is { } unreachable)
        {
            return unreachable;
        }

        if (ZnsRules.Fill(template, row.Values, out var parameters) is { } unfitting)
        {
            return unfitting;
        }

        if (judge.Price(template.Kind, [(phone, AddressForm.Phone)], 1, null, out var priced) is { } unpriced)
        {
            return unpriced;
        }

        return common with
        {
            SmsId = judge.Context.NewSmsId(judge.Context.Now),
            Recipients = priced,
            RequestId = row.RequestId,
            Parameters = parameters,
            Content = ZnsRules.Readable(parameters),
        };
    }
}
