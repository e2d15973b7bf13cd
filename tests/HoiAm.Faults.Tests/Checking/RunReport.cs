using HoiAm.Faults.Injecting;

namespace HoiAm.Faults.Checking;

/// <summary>The figures of a run and what it found.</summary>
internal sealed class RunReport
{
    private const int ViolationsMax = 30;

    public int Messages { get; set; }

    public int Reports { get; set; }

    public int Resent { get; set; }

    public int Callbacks { get; set; }

    public int Delivered { get; set; }

    public int Exhausted { get; set; }

    public int Pending { get; set; }

    /// <summary>Requests that hooks saw.</summary>
    public int Calls { get; set; }

    /// <summary>Callbacks that came again under the same number after a death.</summary>
    public int Repeated { get; set; }

    public int Lost { get; set; }

    public int Deaths { get; set; }

    public Dictionary<string, int> DeathsBy { get; } = [];

    public IReadOnlyDictionary<FaultKind, int> Episodes { get; set; } = new Dictionary<FaultKind, int>();

    public string Injected { get; set; } = "";

    public int ViolationCount { get; private set; }

    public List<string> Violations { get; } = [];

    public bool IsClean => ViolationCount == 0;

    public void Violate(string text)
    {
        ViolationCount++;
        if (Violations.Count < ViolationsMax)
        {
            Violations.Add(text);
        }
    }

    public string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        messages {Messages}, reports accepted {Reports} ({Resent} requests sent again), lost {Lost}
        callbacks {Callbacks}: delivered {Delivered}, exhausted {Exhausted}, pending {Pending}; requests at hooks {Calls}
        deaths {Deaths} ({string.Join(", ", DeathsBy.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{d.Key} {d.Value}"))}), callbacks repeated {Repeated}, {(Deaths == 0 ? 0 : (double)Repeated / Deaths):0.00} a death
        episodes: {string.Join(", ", Episodes.OrderBy(e => e.Key).Select(e => $"{e.Key.ToString().ToLowerInvariant()} {e.Value}"))}
        injected: {Injected}
        violations {ViolationCount}
        """);
}
