using HoiAm.Ledger.Relaying;
using HoiAm.Model;

namespace HoiAm.Server.Relaying;

/// <summary>What is written down after an upstream's reply. Pure.</summary>
/// <param name="State">Where the record stands now; null drops it.</param>
/// <param name="Accepted">The messages that the upstream accepted, with their SMSIDs.</param>
/// <param name="Detail">Why it is open, for people; null when it is not.</param>
/// <param name="Word">For counters.</param>
internal sealed record RelayVerdict(RelayState? State, IReadOnlyList<(RelayedSend Send, string SmsId)> Accepted, string? Detail, string Word)
{
    private const string Repeated = "124";

    /// <summary>Judges a reply to these sends. <paramref name="isAgain"/>: an earlier try of the same RequestId ended unclear.</summary>
    public static RelayVerdict Of(UpstreamReply reply, IReadOnlyList<RelayedSend> sends, bool isAgain)
    {
        switch (reply.End)
        {
            case UpstreamEnd.Accepted:
                var accepted = Pair(reply, sends).ToList();
                return accepted.Count > 0 ? new RelayVerdict(RelayState.Accepted, accepted, null, "accepted") : new RelayVerdict(null, [], null, "refused");
            case UpstreamEnd.Refused when isAgain && reply.Answer!.Code == Repeated:
                return new RelayVerdict(
                    RelayState.Confirmed, [], "The upstream has this RequestId already; the SMSID comes with its callback.", "uncertain");
            case UpstreamEnd.Refused when isAgain && reply.Answer!.Code is "101" or "140" or "143" or "160":
                // The door was shut this time; that says nothing about the first.
                return new RelayVerdict(RelayState.Uncertain, [], "The upstream refused the repetition before it looked at the RequestId.", "uncertain");
            case UpstreamEnd.Refused:
                return new RelayVerdict(null, [], null, "refused");
            case UpstreamEnd.NotSent when !isAgain:
                return new RelayVerdict(null, [], null, "away");
            case UpstreamEnd.NotSent:
                return new RelayVerdict(RelayState.Uncertain, [], "An earlier try ended unclear, and this one did not reach the upstream. " + reply.Sentence, "uncertain");
            default:
                return new RelayVerdict(RelayState.Uncertain, [], reply.Sentence ?? "The upstream gave no clear answer.", "uncertain");
        }
    }

    // The rows of a bulk answer come in the order of the request; where one is missing, the phone tells.
    private static IEnumerable<(RelayedSend, string)> Pair(UpstreamReply reply, IReadOnlyList<RelayedSend> sends)
    {
        var rows = reply.Answer!.Rows;
        if (rows.Count == 0)
        {
            return reply.Answer.SmsId.Length > 0 ? [(sends[0], reply.Answer.SmsId)] : [];
        }

        var inOrder = rows.Count == sends.Count;
        return rows.Select((row, i) => (Send: inOrder ? sends[i] : ByPhone(sends, row.Phone), row.SmsId))
            .Where(p => p.Send is not null && p.SmsId.Length > 0).Select(p => (p.Send!, p.SmsId));
    }

    private static RelayedSend? ByPhone(IReadOnlyList<RelayedSend> sends, string phone)
    {
        var address = RecipientAddress.Normalize(phone, out _) ?? phone;
        return sends.FirstOrDefault(s => s.Recipients.Contains(address));
    }
}
