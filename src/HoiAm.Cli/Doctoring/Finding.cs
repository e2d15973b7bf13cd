namespace HoiAm.Cli.Doctoring;

/// <summary>What a check found. What is not good always says how to mend it.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Good">True when nothing has to be done.</param>
/// <param name="Result">What was seen.</param>
/// <param name="Mend">What to do; null when good.</param>
internal sealed record Finding(string Check, bool Good, string Result, string? Mend)
{
    public static Finding Ok(string check, string result) => new(check, true, result, null);

    public static Finding Bad(string check, string result, string mend) => new(check, false, result, mend);
}
