using HoiAm.Ledger.Writing;
using HoiAm.Model;

namespace HoiAm.Ledger.Relaying;

/// <summary>A status callback that reached the hub as somebody's hook (contract section 2).</summary>
/// <param name="Account">Number of the account whose inbound URL it came to.</param>
/// <param name="Facts">What it says.</param>
/// <param name="Meaning">What its state and counters mean for the whole message.</param>
/// <param name="Raw">The query or body exactly as received.</param>
/// <param name="Query">What is passed on, character for character, without a question mark; null when it came in a form that has none.</param>
public sealed record UpstreamCallback(int Account, CallbackFacts Facts, ReportedStatus Meaning, string Raw, string? Query);

/// <summary>Puts a query that is passed on behind a customer's hook; a null URL means that there is no hook.</summary>
public delegate RenderedCallback PassOn(string query, string? url);
