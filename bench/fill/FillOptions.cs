namespace HoiAm.Bench.Fill;

/// <summary>What is to be put into a store.</summary>
/// <param name="Folder">The data folder of a hub that has started once and does not run.</param>
/// <param name="Messages">How many messages.</param>
/// <param name="Days">Over how many days before now they are spread.</param>
/// <param name="Pending">True: their callbacks wait; false: they are delivered.</param>
/// <param name="Known">Where a sample of what was entered goes, a line each: SMSID, hook, number.</param>
internal sealed record FillOptions(string Folder, int Messages, int Days, bool Pending, string Known)
{
    public const string Usage = "fill --data FOLDER --known FILE [--messages N] [--days N] [--pending]";

    /// <summary>Reads the command line; null when it is not understood.</summary>
    public static FillOptions? Read(string[] args)
    {
        string? folder = null, known = null;
        var (messages, days, pending) = (1_000_000, 20, false);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--pending")
            {
                pending = true;
                continue;
            }

            var value = i + 1 < args.Length ? args[i + 1] : "";
            var isRead = args[i++] switch
            {
                "--data" => (folder = value).Length > 0,
                "--known" => (known = value).Length > 0,
                "--messages" => int.TryParse(value, out messages) && messages > 0,
                "--days" => int.TryParse(value, out days) && days is > 0 and < 30,
                _ => false,
            };
            if (!isRead)
            {
                return null;
            }
        }

        return folder is null || known is null ? null : new FillOptions(folder, messages, days, pending, known);
    }
}
