using System.Buffers;
using System.Text;
using HoiAm.Model;
using HoiAm.Protocols.Text;

namespace HoiAm.Protocols.EsmsCallback;

/// <summary>
/// Writes the eSMS status callback (protocol A.2, A.3, A.8; sections G 18 to 24, 30 to 33; J). Names, their casing and their order are
/// those of the documented samples; the order differs by kind. Values are percent-encoded with <c>%20</c> and upper-case hex.
/// </summary>
public static partial class EsmsCallbackWriter
{
    /// <summary>Writes <c>SMSID=…&amp;SendFailed=…</c> as ASCII, without a leading <c>?</c> or <c>&amp;</c>.</summary>
    /// <param name="facts">What to say.</param>
    /// <param name="profile">Which bytes the customer wants.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The facts bear a kind that does not exist.</exception>
    public static void WriteQuery(CallbackFacts facts, CallbackProfile profile, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(output);
        var builder = new TextBuilder(stackalloc char[1024]);
        try
        {
            AppendParameters(ref builder, facts, profile, written: 0, separate: false);
            var target = output.GetSpan(builder.Written.Length);
            Encoding.ASCII.GetBytes(builder.Written, target);
            output.Advance(builder.Written.Length);
        }
        finally
        {
            builder.Dispose();
        }
    }

    /// <summary>The same as <see cref="WriteQuery(CallbackFacts, CallbackProfile, IBufferWriter{byte})"/>, as text.</summary>
    public static string WriteQuery(CallbackFacts facts, CallbackProfile profile)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var builder = new TextBuilder(stackalloc char[1024]);
        try
        {
            AppendParameters(ref builder, facts, profile, written: 0, separate: false);
            return builder.ToString();
        }
        finally
        {
            builder.Dispose();
        }
    }

    /// <summary>
    /// Joins the customer's CallbackUrl and our parameters (protocol G 30) and splits the result behind the path.
    /// </summary>
    /// <remarks>
    /// The customer's path, trailing slash and query stay byte for byte; only blanks, control characters and non-ASCII, which no request
    /// line can hold, are percent-encoded, and an empty path becomes <c>/</c>. A fragment is dropped. One of our names that the customer already wrote with an empty value is
    /// filled in place (the documented way for calls); one with a value of his own keeps it, and ours is left out: no name is sent twice.
    /// </remarks>
    /// <param name="callbackUrl">An absolute http or https URL that was checked when it was registered.</param>
    /// <param name="facts">What to say.</param>
    /// <param name="profile">Which bytes the customer wants.</param>
    /// <returns>Scheme, host, port and path as the customer wrote them; and everything behind, from <c>?</c> on.</returns>
    public static (string HookUrl, string Tail) AppendTo(string callbackUrl, CallbackFacts facts, CallbackProfile profile)
    {
        ArgumentNullException.ThrowIfNull(callbackUrl);
        ArgumentNullException.ThrowIfNull(facts);
        CallbackUrls.Split(callbackUrl, out var hookLength, out var ownQuery);
        var hookUrl = hookLength == callbackUrl.Length && CallbackUrls.IsHookUrl(callbackUrl)
            ? callbackUrl
            : CallbackUrls.HookUrl(callbackUrl.AsSpan(0, hookLength));
        var builder = new TextBuilder(stackalloc char[1024]);
        try
        {
            builder.Append('?');
            var written = AppendOwnQuery(ref builder, ownQuery, facts, profile);
            AppendParameters(ref builder, facts, profile, written, separate: ownQuery is not ([] or [.., '&']));
            return (hookUrl, builder.ToString());
        }
        finally
        {
            builder.Dispose();
        }
    }

    /// <summary>
    /// Names and values in documented order, for formats that encode values in their own way (form, JSON). A value is what a receiver of
    /// the GET sees after its framework decoded the query once, so <c>error_info</c> keeps the documented inner form of its kind.
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Pairs(CallbackFacts facts, CallbackProfile profile)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var layout = CallbackParameters.Layout(facts.Kind);
        var pairs = new KeyValuePair<string, string>[layout.Length];
        for (var i = 0; i < layout.Length; i++)
        {
            pairs[i] = new(layout[i].Name(), Value(layout[i], facts, profile));
        }

        return pairs;
    }

    private static string Value(CallbackParameter parameter, CallbackFacts facts, CallbackProfile profile)
    {
        var builder = new TextBuilder(stackalloc char[256]);
        try
        {
            AppendValue(ref builder, parameter, facts, profile, escape: false);
            return builder.ToString();
        }
        finally
        {
            builder.Dispose();
        }
    }

    // The bits of written are the parameters that already stand in the customer's own query.
    private static void AppendParameters(ref TextBuilder to, CallbackFacts facts, CallbackProfile profile, uint written, bool separate)
    {
        foreach (var parameter in CallbackParameters.Layout(facts.Kind))
        {
            if ((written & Bit(parameter)) != 0)
            {
                continue;
            }

            if (separate)
            {
                to.Append('&');
            }

            separate = true;
            to.Append(parameter.Name());
            to.Append('=');
            AppendValue(ref to, parameter, facts, profile, escape: true);
        }
    }

    private static uint AppendOwnQuery(ref TextBuilder to, ReadOnlySpan<char> ownQuery, CallbackFacts facts, CallbackProfile profile)
    {
        var written = 0u;
        var layout = CallbackParameters.Layout(facts.Kind);
        while (!ownQuery.IsEmpty)
        {
            var end = ownQuery.IndexOf('&');
            var pair = end < 0 ? ownQuery : ownQuery[..end];
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var isEmpty = equals < 0 || equals == pair.Length - 1;
            if (CallbackParameters.Find(name) is { } parameter && Contains(layout, parameter) && (written & Bit(parameter)) == 0
                && (isEmpty || name.SequenceEqual(parameter.Name())))
            {
                // A value under another casing is another name to most receivers and is left alone; ours is sent beside it.
                written |= Bit(parameter);
                to.Append(name);
                to.Append('=');
                if (isEmpty)
                {
                    AppendValue(ref to, parameter, facts, profile, escape: true);
                }
                else
                {
                    PercentCoding.AppendRequestLineSafe(ref to, pair[(equals + 1)..]);
                }
            }
            else
            {
                PercentCoding.AppendRequestLineSafe(ref to, pair);
            }

            if (end < 0)
            {
                break;
            }

            to.Append('&');
            ownQuery = ownQuery[(end + 1)..];
        }

        return written;
    }

    // The library's own search asks for IEquatable, which enumerations have only since .NET 9.
    private static bool Contains(ReadOnlySpan<CallbackParameter> layout, CallbackParameter wanted)
    {
        foreach (var parameter in layout)
        {
            if (parameter == wanted)
            {
                return true;
            }
        }

        return false;
    }

    private static uint Bit(CallbackParameter parameter) => 1u << (int)parameter;
}
