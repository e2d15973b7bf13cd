using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using HoiAm.Model;

namespace HoiAm.Server.Privacy;

/// <summary>Finds phone numbers inside texts that somebody else wrote: to hide all of them from read-only staff, or one of them for ever.</summary>
internal static partial class NumberText
{
    // Between the digits of a number people write blanks, dots, dashes and brackets, and URLs write those as escapes.
    private const string Gap = @"(?:[\s.\-()+]|%20|%2[DdEe89])*";

    private const int ShortestToSearch = 8;

    /// <summary>The text with everything that may be a number, a Zalo user id or a hashed number hidden.</summary>
    public static string? Hide(string? text) => text is null ? null : Numbers().Replace(text, found => Msisdn.Mask(Digits().Replace(found.Value, "")));

    /// <summary>The forms under which a person's address may be stored: as given, and for a number also its hash.</summary>
    public static IReadOnlySet<string> Addresses(string address, AddressForm form) => form == AddressForm.Phone
        ? new HashSet<string>(StringComparer.Ordinal) { address, Hash(address) }
        : new HashSet<string>(StringComparer.Ordinal) { address };

    /// <summary>Puts a mark in place of every spelling of an address in a text.</summary>
    public static Func<string, string> Scrubber(string address, AddressForm form, string mark)
    {
        if (address.Length < ShortestToSearch)
        {
            // A user id of a few digits stands in every other number; it is only taken out where it is the whole address.
            return text => text;
        }

        var pattern = form switch
        {
            AddressForm.Phone => @"(?:(?:\+|%2[Bb]|00)?84" + Gap + "0?" + Gap + "|0" + Gap + ")?"
                + string.Join(Gap, address[1..].Select(c => c.ToString())) + "|" + Hash(address),
            _ => Regex.Escape(address),
        };
        var spellings = new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        return text => spellings.Replace(text, mark);
    }

    // eSMS hashes the number in its 84… form (protocol C.2).
    private static string Hash(string phone) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat("84", phone.AsSpan(1)))));

    [GeneratedRegex(@"[0-9A-Fa-f]{64}|(?:\+|%2[Bb])?\d(?:(?:[\s.\-()]|%20)*\d){7,}", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"%2[Bb]|%20|[^0-9A-Fa-f]")]
    private static partial Regex Digits();
}
