namespace HoiAm.Ledger.Outgoing;

/// <summary>Takes what a message said out of what is kept of it: every letter and digit becomes a star, so that only its shape is left.</summary>
public static class TextMask
{
    /// <summary>The text with its letters and digits hidden; null stays null.</summary>
    public static string? Mask(string? text) => text is null ? null : string.Create(text.Length, text, static (masked, plain) =>
    {
        for (var i = 0; i < masked.Length; i++)
        {
            masked[i] = char.IsWhiteSpace(plain[i]) || char.IsPunctuation(plain[i]) ? plain[i] : '*';
        }
    });

    /// <summary>
    /// The facts without what was said. What the ledger still decides by stays: what is billed and held, ids, sender, segments, and the
    /// second leg's RequestId.
    /// </summary>
    public static SentFacts Mask(SentFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts with
        {
            Masked = true,
            Content = Mask(facts.Content),
            Parameters = facts.Parameters is null ? null : [.. facts.Parameters.Select(p => KeyValuePair.Create(p.Key, Mask(p.Value)!))],
            Payload = null,
            Viber = null,
            Call = facts.Call is { } call ? call with { Variables = [.. call.Variables.Select(v => Mask(v)!)] } : null,
            Fallback = facts.Fallback is { } second ? second with { Message = second.Message.WithExtra(Mask(SentFacts.Read(second.Message.Extra)).ToJson()), Code = null } : null,
        };
    }
}
