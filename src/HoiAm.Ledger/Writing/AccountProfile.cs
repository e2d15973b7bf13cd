using HoiAm.Ledger.Delivery;
using HoiAm.Ledger.Rows;
using HoiAm.Model;

namespace HoiAm.Ledger.Writing;

/// <summary>What the ledger needs to know of an account to write its callbacks.</summary>
/// <param name="Number">Number of the account.</param>
/// <param name="CallbackUrl">Hook of messages that name none; null when there is none.</param>
/// <param name="Format">How callbacks are put on the wire.</param>
/// <param name="Profile">How their parameters are written.</param>
/// <param name="PushStates">Bit n set: SendStatus n is pushed. Default: 4 and 5.</param>
/// <param name="FirstTryDelay">From when a message was made to its first callback at the earliest (protocol G 51).</param>
public sealed record AccountProfile(
    int Number, string? CallbackUrl, CallbackFormat Format, CallbackProfile Profile, int PushStates, TimeSpan FirstTryDelay)
{
    /// <summary>The account's id, for formats that name it.</summary>
    public string Id { get; init; } = "";

    /// <summary>Only the final states, 4 and 5 (protocol G 26).</summary>
    public const int FinalStates = (1 << 4) | (1 << 5);

    /// <summary>
    /// A second after the send answer, since clients insert their row after it (protocol G 51). A message has the time at which its commit
    /// began; the quarter is for the commit and for the answer on its way.
    /// </summary>
    public static readonly TimeSpan DefaultFirstTryDelay = TimeSpan.FromSeconds(1.25);

    /// <summary>True when this status is pushed.</summary>
    public bool Pushes(SendStatus status) => (PushStates & (1 << (int)status)) != 0;
}

/// <summary>Where the ledger looks accounts up; an immutable snapshot behind it is swapped on change.</summary>
public interface IAccountProfiles
{
    /// <summary>The account in force under this number; null when it was never known.</summary>
    AccountProfile? Find(int number);
}

/// <summary>The bytes of a callback.</summary>
/// <param name="HookUrl">URL without query, as the customer wrote it.</param>
/// <param name="HostKey">Scheme, host and port in lower case.</param>
/// <param name="Query">What follows the URL on the request line.</param>
/// <param name="Body">Body for the formats that have one.</param>
public readonly record struct RenderedCallback(string HookUrl, string HostKey, string Query, byte[]? Body);

/// <summary>What a callback is to tell.</summary>
/// <param name="Message">The message as it is now.</param>
/// <param name="Recipient">The recipient whose report caused the callback.</param>
/// <param name="Url">The hook; null when there is none: the bytes are kept to be pulled.</param>
/// <param name="Account">Whose message it is.</param>
/// <param name="CallbackId">Number of the callback.</param>
/// <param name="EventAtMs">When it happened, Unix milliseconds.</param>
public readonly record struct CallbackOrder(
    MessageRow Message, RecipientRow Recipient, string? Url, AccountProfile Account, long CallbackId, long EventAtMs);

/// <summary>Writes the bytes of a callback. The ledger keeps them, so that every try sends the same.</summary>
public interface ICallbackRenderer
{
    /// <summary>Renders the message's state now.</summary>
    RenderedCallback Render(in CallbackOrder order);
}
