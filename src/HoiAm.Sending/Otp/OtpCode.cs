using System.Security.Cryptography;
using System.Text;

namespace HoiAm.Sending;

/// <summary>A number from 0 up to, but without, the given bound. In production the system's secure source, in tests a seeded one.</summary>
public delegate int DrawBelow(int bound);

/// <summary>A generated code that waits to be checked. One phone of an account has at most one: a new code replaces the old.</summary>
/// <param name="Phone">Local form.</param>
/// <param name="Code">Digits, or upper-case letters and digits.</param>
/// <param name="ExpiresAt">From then on it is invalid.</param>
public sealed record OtpCode(string Phone, string Code, DateTimeOffset ExpiresAt)
{
    /// <summary>Wrong guesses after which the code is void: six digits must not be found by trying.</summary>
    public const int WrongGuessesMax = 10;

    // Without the letters and digits that are mistaken for each other.
    private const string LettersAndDigits = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>True after the one success.</summary>
    public bool IsUsed { get; init; }

    /// <summary>Guesses that were wrong.</summary>
    public int WrongGuesses { get; init; }

    /// <summary>Makes a code.</summary>
    public static string NewText(int length, bool digitsOnly, DrawBelow draw)
    {
        var text = new char[length];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = digitsOnly ? (char)('0' + draw(10)) : LettersAndDigits[draw(LettersAndDigits.Length)];
        }

        return new string(text);
    }

    /// <summary>
    /// Checks a guess. <paramref name="after"/> is what must be stored then, or null when there is nothing to store. Unknown, wrong, used
    /// and expired are all 117 (protocol G 36), so that the answer tells a guesser nothing.
    /// </summary>
    public static bool Verify(OtpCode? stored, string guess, DateTimeOffset now, out OtpCode? after)
    {
        after = null;
        if (stored is null || stored.IsUsed || now >= stored.ExpiresAt || stored.WrongGuesses >= WrongGuessesMax)
        {
            return false;
        }

        var equal = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(guess.Trim().ToUpperInvariant()), Encoding.UTF8.GetBytes(stored.Code));
        after = equal ? stored with { IsUsed = true } : stored with { WrongGuesses = stored.WrongGuesses + 1 };
        return equal;
    }
}
