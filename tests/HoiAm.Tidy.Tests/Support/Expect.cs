namespace HoiAm.Tidy.Tests.Support;

/// <summary>Rules have offenders: a failing rule names every one of them, not just the first.</summary>
internal static class Expect
{
    public static void None(IEnumerable<string> offenders)
    {
        var all = offenders.ToList();
        Assert.True(all.Count == 0, "Offenders:\n" + string.Join('\n', all));
    }
}
