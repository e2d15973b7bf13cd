using System.Buffers;

namespace HoiAm.Model;

/// <summary>Which of the three forms a recipient's address has.</summary>
public enum AddressForm : byte
{
    /// <summary>A Vietnamese mobile number in local form, <c>0</c> and nine digits.</summary>
    Phone,

    /// <summary>A Zalo user id, up to 20 digits.</summary>
    ZaloUid,

    /// <summary>A SHA-256 of the number in 84… form, 64 lower-case hex digits.</summary>
    HashedPhone,
}

/// <summary>Turns the spellings of a recipient into the one form that is stored, compared and shown.</summary>
public static class RecipientAddress
{
    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>
    /// Normalises a phone, Zalo user id or hashed phone; null when it is none of them.
    /// Phone: blanks, dots, dashes and parentheses are dropped; <c>+84</c>, <c>84</c>, <c>0084</c> become <c>0</c>; nine digits that lost
    /// their zero get it back; eleven-digit numbers of before 2018-09-15 are renumbered (protocol E.3).
    /// </summary>
    public static string? Normalize(ReadOnlySpan<char> text, out AddressForm form)
    {
        // First, or a number behind a line break would pass for a Zalo user id.
        text = text.Trim();
        if (Msisdn.TryNormalize(text, out var phone))
        {
            form = AddressForm.Phone;
            return phone;
        }

        if (text.Length is > 0 and <= 20 && text.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            form = AddressForm.ZaloUid;
            return text.ToString();
        }

        if (text.Length == 64 && text.IndexOfAnyExcept(s_hexDigits) < 0)
        {
            form = AddressForm.HashedPhone;
            return text.ToString().ToLowerInvariant();
        }

        form = default;
        return null;
    }
}
