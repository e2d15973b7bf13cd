using System.Globalization;
using HoiAm.Model;
using HoiAm.Protocols.CallbackBodies;
using HoiAm.Protocols.EsmsCallback;

namespace HoiAm.Protocols.Explaining;

/// <summary>Explains callbacks that came as the body of a POST: the eSMS names as JSON, or an event.</summary>
internal static class PostedExplainer
{
    /// <summary>The explanation of a JSON body; null when it is neither.</summary>
    public static Explanation? Explain(ReadOnlySpan<byte> body, Func<string, Explanation> explainQuery)
    {
        if (CloudEventReader.Read(body) is { } told)
        {
            return Event(told, explainQuery(EsmsCallbackWriter.WriteQuery(told.Facts, CallbackProfile.Plain)));
        }

        var pairs = EsmsCallbackBodies.Pairs(body);
        return pairs is not null && EsmsCallbackReader.Read(pairs).IsRecognized
            ? explainQuery(string.Join('&', pairs.Select(p => Uri.EscapeDataString(p.Key) + "=" + Uri.EscapeDataString(p.Value))))
            : null;
    }

    private static Explanation Event(MessageEvent told, Explanation facts)
    {
        var fields = new List<ExplainedField>
        {
            Field("id", told.CallbackId, "the callback's id, the same over retries and replays"),
            Field("source", told.Source, "hub and account"),
            Field("time", told.OccurredAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture), "when it happened"),
            Field("outcome", told.Outcome.Word(), told.Presumed ? "presumed, since nothing was heard" : ""),
        };
        fields.AddRange(facts.Fields);
        return new Explanation(ExplainedForm.CloudEvent, facts.Summary, fields, facts.Problems);

        static ExplainedField Field(string name, string value, string meaning) => new(name, value, value, meaning);
    }
}
