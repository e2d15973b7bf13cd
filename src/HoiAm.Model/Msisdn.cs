namespace HoiAm.Model;

/// <summary>Vietnamese mobile numbers: one spelling, and the carrier that the prefix suggests (protocol E.3).</summary>
public static class Msisdn
{
    private static readonly byte[] s_telcoByPrefix = BuildPrefixTable();

    /// <summary>
    /// Brings any accepted spelling to <c>0</c> + nine digits with a known prefix. False when it is no Vietnamese mobile number.
    /// </summary>
    public static bool TryNormalize(ReadOnlySpan<char> text, out string normalized)
    {
        normalized = "";
        Span<char> digits = stackalloc char[16];
        var count = 0;
        var plus = false;
        foreach (var c in text.Trim())
        {
            if (c is >= '0' and <= '9')
            {
                if (count == digits.Length)
                {
                    return false;
                }

                digits[count++] = c;
            }
            else if (c == '+' && count == 0 && !plus)
            {
                plus = true;
            }
            else if (c is not (' ' or '.' or '-' or '(' or ')' or '\t' or '\u00A0'))
            {
                return false;
            }
        }

        scoped ReadOnlySpan<char> number = digits[..count];
        scoped ReadOnlySpan<char> national;
        if (!plus && number.StartsWith("0084") && number.Length is >= 13 and <= 15)
        {
            national = number[4..];
        }
        else if (number.StartsWith("84") && number.Length is >= 11 and <= 13)
        {
            national = number[2..];
        }
        else if (!plus && number.StartsWith("0") && number.Length is 10 or 11)
        {
            national = number[1..];
        }
        else if (!plus && number.Length == 9)
        {
            national = number;
        }
        else
        {
            return false;
        }

        // +84 (0)90… is written by some: the zero behind the country code is dropped.
        if (national.Length is 10 or 11 && national[0] == '0')
        {
            national = national[1..];
        }

        Span<char> local = stackalloc char[10];
        local[0] = '0';
        if (national.Length == 9)
        {
            national.CopyTo(local[1..]);
        }
        else if (national.Length == 10 && Renumber(national[..3], out var prefix))
        {
            prefix.AsSpan().CopyTo(local);
            national[3..].CopyTo(local[3..]);
        }
        else
        {
            return false;
        }

        if (Telco(local) == 0)
        {
            return false;
        }

        normalized = new string(local);
        return true;
    }

    /// <summary>The carrier 1 to 7 that a local number's prefix suggests, 0 when unknown. A default, never proof: numbers are portable.</summary>
    public static byte Telco(ReadOnlySpan<char> local)
    {
        if (local.Length != 10 || local[0] != '0' || local.ContainsAnyExceptInRange('0', '9'))
        {
            return 0;
        }

        return s_telcoByPrefix[((local[1] - '0') * 10) + (local[2] - '0')];
    }

    /// <summary>The number with all but its first four and last three digits hidden, for people and logs that need not know it.</summary>
    public static string Mask(string address) => address.Length switch
    {
        >= 8 => string.Concat(address.AsSpan(0, 4), new string('*', Math.Min(address.Length - 7, 6)), address.AsSpan(address.Length - 3)),
        0 => "",
        _ => new string('*', address.Length),
    };

    // The renumbering of 2018-09-15: eleven digits became ten. The key is the old prefix without its leading zero.
    private static bool Renumber(ReadOnlySpan<char> old, out string prefix)
    {
        prefix = old switch
        {
            "120" => "070",
            "121" => "079",
            "122" => "077",
            "126" => "076",
            "128" => "078",
            "123" => "083",
            "124" => "084",
            "125" => "085",
            "127" => "081",
            "129" => "082",
            "162" => "032",
            "163" => "033",
            "164" => "034",
            "165" => "035",
            "166" => "036",
            "167" => "037",
            "168" => "038",
            "169" => "039",
            "186" => "056",
            "188" => "058",
            "199" => "059",
            _ => "",
        };
        return prefix.Length != 0;
    }

    private static byte[] BuildPrefixTable()
    {
        var table = new byte[100];
        Set(1, 86, 96, 97, 98, 32, 33, 34, 35, 36, 37, 38, 39);
        Set(2, 89, 90, 93, 70, 76, 77, 78, 79);
        Set(3, 88, 91, 94, 81, 82, 83, 84, 85);
        Set(4, 92, 52, 56, 58);
        Set(5, 99, 59);
        Set(6, 87);
        Set(7, 55);
        return table;

        void Set(byte telco, params ReadOnlySpan<int> prefixes)
        {
            foreach (var prefix in prefixes)
            {
                table[prefix] = telco;
            }
        }
    }
}
