using HoiAm.Ledger.Outgoing;
using HoiAm.Ledger.Rows;

namespace HoiAm.Server.Sending.Routes;

/// <summary>
/// A way out: simulated carriers, an upstream, a vendor. One folder each; a route is added to <see cref="RouteCatalog"/> and named in the
/// accounts' settings, and nothing else changes.
/// </summary>
internal interface ISendRoute
{
    /// <summary>Its name in the settings and in the outbox.</summary>
    string Name { get; }

    /// <summary>Id of the vendor whose reports tell what became of what it took.</summary>
    string VendorId { get; }

    /// <summary>
    /// Called before an order is stored. What is done here may come to nothing, since the order may still be refused; how it ends changes
    /// nothing, and when its time is up it is no longer waited for.
    /// </summary>
    ValueTask BeforeAcceptAsync(SendOrder order, CancellationToken cancel);

    /// <summary>
    /// Takes a message. It may be handed over again after a crash, so the carrier must recognise a repetition by the SMSID. Cancelled when
    /// the hub stops; the message then stays in the outbox.
    /// </summary>
    Task<HandoverResult> HandOverAsync(Handover handover, CancellationToken cancel);
}

/// <summary>A message, or the part of it, that one route takes.</summary>
/// <param name="Message">The message.</param>
/// <param name="Facts">What it says.</param>
/// <param name="Recipients">Its receivers of this route that are not final yet.</param>
/// <param name="DueAt">When it was due.</param>
/// <param name="IsApproved">True when an administrator approved it after it was handed over.</param>
/// <param name="Tries">How often it was handed over in vain.</param>
internal sealed record Handover(
    MessageRow Message, SentFacts Facts, IReadOnlyList<RecipientRow> Recipients, DateTimeOffset DueAt, bool IsApproved, int Tries);

/// <summary>How a handover ended.</summary>
internal enum HandoverEnd
{
    /// <summary>The route has it: the outbox can forget it.</summary>
    Done,

    /// <summary>It waits there for an administrator's approval.</summary>
    AwaitsApproval,

    /// <summary>Not now; later again.</summary>
    Again,

    /// <summary>Never: the message is rejected.</summary>
    Refused,

    /// <summary>Nobody knows whether it was sent, and a second time might send it twice: it stays in the outbox, visible.</summary>
    Uncertain,
}

/// <summary>The outcome of a handover.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Detail">Why, for people; null when there is nothing to say.</param>
/// <param name="After">When to try again.</param>
internal readonly record struct HandoverResult(HandoverEnd End, string? Detail = null, TimeSpan After = default);

/// <summary>The routes of this hub, by name: those that it was built with, and those that administrators made.</summary>
internal sealed class RouteCatalog(IEnumerable<ISendRoute> routes)
{
    private readonly Dictionary<string, ISendRoute> _routes = routes.ToDictionary(r => r.Name, StringComparer.Ordinal);

    public IReadOnlySet<string> Names => _routes.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>The routes that administrators made; set once the directory is there.</summary>
    public Submitting.ProviderRoutes? Made { get; set; }

    /// <summary>The route for a message of an account; null when there is none.</summary>
    public ISendRoute? Find(string name, int account) => _routes.GetValueOrDefault(name) ?? Made?.Find(name, account);
}
