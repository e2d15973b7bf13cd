using HoiAm.Faults.Injecting;

namespace HoiAm.Faults.CommandLine;

/// <summary>What a run is told on the command line.</summary>
internal sealed record Options
{
    public const string Help = """
        eng/faults run   [--seed N] [--minutes M] [--mix a,b,…]   mixed faults under load, then every promise is checked
        eng/faults kills [--seed N] [--kills K]                   kill -9 under load, at random moments and at named points
        eng/faults cuts  [--seed N] [--cuts K] [--reports R]      power cuts: the store rebuilt at K points of one recorded run
        eng/faults cuts  … --ignore-syncs                         the same on a disk that ignores syncs: must find losses

        eng/faults run|kills … --store postgres [--nodes 3]       the same with several nodes on one PostgreSQL

        The faults of --mix: kill, point, stop, clock, names, hooks; with the embedded store also full, readonly, syncfail, syncslow; with
        PostgreSQL also crash, restart, freeze, connections, locked, refuse, slow, stall, blackhole, suspend. All of them unless named.
        A seed draws messages and faults; what the machine's scheduler does with them differs from run to run.
        """;

    public required string Command { get; init; }

    public int Seed { get; init; } = 1;

    public double Minutes { get; init; } = 1;

    public int Kills { get; init; } = 50;

    public int Cuts { get; init; } = 200;

    public int Reports { get; init; } = 2_000;

    public bool IgnoresSyncs { get; init; }

    public IReadOnlyList<FaultKind> Mix { get; init; } = [];

    /// <summary>Several nodes on PostgreSQL instead of one with the embedded store.</summary>
    public bool IsPostgres { get; init; }

    public int Nodes { get; init; } = 3;

    /// <summary>The command that does the same again.</summary>
    public string Again { get; init; } = "";

    public static Options? Read(string[] words, out string fault)
    {
        fault = "";
        var options = new Options { Command = words[0], Again = "eng/faults " + string.Join(' ', words) };
        for (var i = 1; i < words.Length; i++)
        {
            var value = i + 1 < words.Length ? words[i + 1] : "";
            var isNumber = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1_000_000_000;
            Options? next = words[i] switch
            {
                "--ignore-syncs" => options with { IgnoresSyncs = true },
                "--mix" when ReadMix(value) is { } mix => options with { Mix = mix },
                "--store" when value is "postgres" or "sqlite" => options with { IsPostgres = value == "postgres" },
                "--nodes" when isNumber && number is >= 1 and <= 9 => options with { Nodes = (int)number },
                "--seed" when isNumber => options with { Seed = (int)number },
                "--minutes" when isNumber => options with { Minutes = number },
                "--kills" when isNumber => options with { Kills = (int)number },
                "--cuts" when isNumber => options with { Cuts = (int)number },
                "--reports" when isNumber => options with { Reports = (int)number },
                _ => null,
            };
            if (next is null)
            {
                fault = $"'{words[i]} {value}' is not understood.\n{Help}";
                return null;
            }

            options = next;
            i += words[i] == "--ignore-syncs" ? 0 : 1;
        }

        var possible = options.IsPostgres ? FaultKinds.Postgres : FaultKinds.Embedded;
        if (options.Mix.Where(k => !possible.Contains(k)).ToList() is [var odd, ..])
        {
            fault = $"'{odd.ToString().ToLowerInvariant()}' is no fault of this store.\n{Help}";
            return null;
        }

        return options;
    }

    private static List<FaultKind>? ReadMix(string text)
    {
        var kinds = new List<FaultKind>();
        foreach (var word in text.Split(','))
        {
            if (!Enum.TryParse<FaultKind>(word, ignoreCase: true, out var kind) || !Enum.IsDefined(kind))
            {
                return null;
            }

            kinds.Add(kind);
        }

        return kinds;
    }
}
