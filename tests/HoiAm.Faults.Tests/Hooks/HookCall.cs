namespace HoiAm.Faults.Hooks;

/// <summary>How a hook behaves at a moment.</summary>
internal enum Mood
{
    Takes,
    HangsBeforeHeaders,
    HangsInHeaders,
    HangsAfterHeaders,
    Resets,
    Trickles,
    AnswersMuch,
    RedirectsToMetadata,
    AnswersGarbage,
    Fails,
    AsksForLess,
    NotFound,
}

/// <summary>One request as a hook saw it. <see cref="AcknowledgedNs"/> is set when the headers of a 2xx were written.</summary>
internal sealed class HookCall
{
    public required int Hook { get; init; }

    public required Mood Mood { get; init; }

    public required string Target { get; init; }

    public required string Id { get; init; }

    public required int Attempt { get; init; }

    public required long Ns { get; init; }

    public long AcknowledgedNs { get; set; }

    /// <summary>A parameter of the query; null when it is not there.</summary>
    public string? Parameter(string name)
    {
        foreach (var pair in Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&'))
        {
            if (pair.StartsWith(name + "=", StringComparison.Ordinal))
            {
                return Uri.UnescapeDataString(pair[(name.Length + 1)..]);
            }
        }

        return null;
    }
}
