using System.Diagnostics;

namespace HoiAm.Ledger.Tracing;

/// <summary>
/// The activity source <c>HoiAm</c>: one trace for a report's journey. <c>report accept</c> is its root; <c>callback attempt</c> its child,
/// for as long as the callback stays in memory; <c>ledger commit</c> stands for itself and links to all reports that shared it, because a
/// group belongs to no single one. Without a listener nothing of this is made.
/// </summary>
public static class HubTrace
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "HoiAm";

    /// <summary>More links than this help nobody.</summary>
    private const int LinksMax = 128;

    /// <summary>The source.</summary>
    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>The activity on whose behalf something is done; null when nobody listens.</summary>
    internal static Activity? Cause => Source.HasListeners() ? Activity.Current : null;

    /// <summary>Begins the span of a group's commit; null when nobody listens or no command of it is traced.</summary>
    internal static Activity? BeginCommit(List<Writing.LedgerCommand> commands)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var links = commands.Where(c => c.Cause is not null).Take(LinksMax).Select(c => new ActivityLink(c.Cause!.Context)).ToList();
        return links.Count == 0
            ? null
            : Source.StartActivity(ActivityKind.Internal, default, [new("hoiam.ledger.commands", commands.Count)], links, name: "ledger commit");
    }
}

/// <summary>What a callback in memory came from.</summary>
/// <param name="Report">The span that accepted the report.</param>
/// <param name="Commit">The span of the commit; empty when that was not recorded.</param>
public sealed record CallbackOrigin(ActivityContext Report, ActivityContext Commit);
