namespace HoiAm.Protocols.Explaining;

/// <summary>What a pasted text turned out to be.</summary>
public enum ExplainedForm : byte
{
    /// <summary>Neither of the others.</summary>
    Unknown = 0,

    /// <summary>An eSMS status callback (URL or query).</summary>
    EsmsCallback = 1,

    /// <summary>A voice callback (URL or query).</summary>
    VoiceCallback = 2,

    /// <summary>A vendor's delivery report (JSON body).</summary>
    VendorReport = 3,

    /// <summary>An answer of GetCallback (JSON body).</summary>
    GetCallbackAnswer = 4,

    /// <summary>A status callback as a CloudEvent (JSON body).</summary>
    CloudEvent = 5,
}

/// <summary>One row of an explanation.</summary>
/// <param name="Field">Name as it stands in the text; members of a JSON value as <c>error_info.error</c>.</param>
/// <param name="Raw">Value as it stands in the text.</param>
/// <param name="Decoded">Value after all decoding.</param>
/// <param name="Meaning">What it means, in plain English; empty where there is nothing to add.</param>
public sealed record ExplainedField(string Field, string Raw, string Decoded, string Meaning);

/// <summary>A callback or report, explained for a person.</summary>
/// <param name="Form">What it is.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Fields">The rows, in the order of the text.</param>
/// <param name="Problems">What is missing, repeated, unreadable or refused.</param>
public sealed record Explanation(
    ExplainedForm Form, string Summary, IReadOnlyList<ExplainedField> Fields, IReadOnlyList<string> Problems)
{
    /// <summary>
    /// The same explanation with summary, meanings and notes in Vietnamese. Names, values and texts of others stay as they are, and so does a note
    /// that only the English has.
    /// </summary>
    public Explanation InVietnamese() => this with
    {
        Summary = VietnameseMeanings.Of(Summary),
        Fields = [.. Fields.Select(f => f with { Meaning = VietnameseMeanings.Of(f.Meaning) })],
        Problems = [.. Problems.Select(VietnameseMeanings.Of)],
    };
}
