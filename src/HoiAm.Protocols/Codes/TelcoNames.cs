namespace HoiAm.Protocols.Codes;

/// <summary>The carriers behind <c>telcoid</c> (protocol A.7).</summary>
public static class TelcoNames
{
    private static readonly string[] s_names = ["", "Viettel", "MobiFone", "VinaPhone", "Vietnamobile", "Gmobile", "iTel", "Wintel"];

    /// <summary>The carrier's own spelling of its name for 1 to 7; empty for any other number.</summary>
    public static string Name(int telcoId) => telcoId is >= 1 and <= 7 ? s_names[telcoId] : "";

    /// <summary>The name, or words for a number that is none of the carriers.</summary>
    public static string Describe(int telcoId) => telcoId switch
    {
        >= 1 and <= 7 => s_names[telcoId],
        0 => "unknown carrier",
        9 => "no carrier (sent by Zalo user id)",
        _ => "not a documented carrier",
    };
}
