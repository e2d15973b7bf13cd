using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>Writes the answer to a send from its decision.</summary>
public static class SendAnswers
{
    /// <summary>The body for a decision as it stands.</summary>
    public static byte[] Write(EsmsOperation operation, SendDecision decision)
    {
        if (!decision.Rows.IsEmpty)
        {
            return EsmsResponses.Bulk([.. decision.Rows.Select(
                r => new BulkRowAnswer(r.Phone, r.Draft?.SmsId, r.Result.IsSuccess ? null : r.Result))]);
        }

        return decision.Result.IsSuccess
            ? EsmsResponses.Accepted(operation, decision.Draft!.SmsId)
            : EsmsResponses.Refused(operation, decision.Result, decision.Draft?.SmsId);
    }

    /// <summary>124: the RequestId was used within 24 hours.</summary>
    /// <param name="operation">The call.</param>
    /// <param name="sendStatus">SendStatus of the message that has it.</param>
    public static byte[] Repeated(EsmsOperation operation, int sendStatus) =>
        EsmsResponses.Refused(operation, EsmsResults.RepeatedRequestId, smsId: null, sendStatus);

    /// <summary>A bulk decision in which the ledger refused a row (124, 103).</summary>
    public static SendDecision RefuseRow(SendDecision decision, string smsId, EsmsResult result) => decision with
    {
        Rows = [.. decision.Rows.Select(r => r.Draft?.SmsId == smsId ? r with { Result = result, Draft = null } : r)],
    };
}
