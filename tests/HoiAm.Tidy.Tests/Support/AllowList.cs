using System.Globalization;

namespace HoiAm.Tidy.Tests.Support;

/// <summary>
/// Exceptions that were there when a rule came in, with a number each: <c>name | number</c>. A rule compares them with what it finds, in
/// both directions, so that an entry that is no longer needed has to go and no number can grow unseen.
/// </summary>
internal static class AllowList
{
    public static Dictionary<string, int> Read(string name) => RepositoryFiles.Read("tests/HoiAm.Tidy.Tests/Allowed/" + name)
        .Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>What has to be done to make both agree; empty when they do.</summary>
    public static List<string> Compare(string name, IReadOnlyDictionary<string, int> found)
    {
        var allowed = Read(name);
        var faults = new List<string>();
        foreach (var (key, number) in found.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            if (!allowed.TryGetValue(key, out var limit))
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{key}: {number}, and nothing of it is allowed"));
            }
            else if (number != limit)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{key}: {number}, listed with {limit}{(number < limit ? "; lower the number in Allowed/" + name : "")}"));
            }
        }

        faults.AddRange(allowed.Keys.Where(k => !found.ContainsKey(k)).Select(k => $"{k}: no longer needed; take it out of Allowed/{name}"));
        return faults;
    }
}
