using System.Globalization;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>Files can be read in one sitting and functions on one screen.</summary>
public sealed class SizeTests
{
    private const int FileLinesMax = 600;
    private const int FunctionLinesMax = 70;

    [Fact]
    public void EverySourceFile_StaysBelowTheHardLimit()
    {
        var tooLong = RepositoryFiles.All
            .Where(f => Path.GetExtension(f) is ".cs" or ".py" or ".c" or ".h" or ".sh" or ".mjs" or ".sql" or ".ts" or ".js" or ".css")
            .Select(f => (File: f, Lines: RepositoryFiles.Read(f).AsSpan().Count('\n')))
            .Where(f => f.Lines > FileLinesMax)
            .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.File}: {f.Lines} lines"));

        Expect.None(tooLong);
    }

    [Fact]
    public void EveryFunction_FitsAScreen_OrIsListedWithItsLength()
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in RepositoryFiles.CSharp("src/", "tests/", "bench/"))
        {
            foreach (var function in FunctionFinder.Find(RepositoryFiles.Read(file)).Where(f => f.Lines > FunctionLinesMax))
            {
                var name = $"{file} :: {function.Name}";
                found[name] = Math.Max(found.GetValueOrDefault(name), function.Lines);
            }
        }

        Expect.None(AllowList.Compare("long-functions.txt", found));
    }

    [Fact]
    public void Members_AreFoundWithTheirLengths()
    {
        const string Source = """"
            using System;
            namespace X;

            /// <summary>{ not code }</summary>
            [Some("}")]
            internal sealed class A(int x) : B
            {
                private static readonly int[] s_table =
                [
                    1, // {
                    2,
                ];

                public int Auto { get; init; } = 5;

                [Fact]
                [InlineData("{", '}')]
                public void Two()
                { Call($"{x["}"]} {{", @"""{", 'x'); }

                public static string Three(int y) => y switch
                {
                    1 => "}",
                };

                private enum E { A, B }

                private sealed record R(int Q)
                {
                    public bool Same(R other)
                    {
                        return true;
                    }
                }
            }
            """";

        var found = FunctionFinder.Find(Source).Where(f => f.Name is not ("statement" or "Auto")).ToDictionary(f => f.Name, f => f.Lines);

        Assert.Equal(2, found["Two"]);
        Assert.Equal(4, found["Three"]);
        Assert.Equal(4, found["Same"]);
        Assert.DoesNotContain(found, f => f.Value > 4);
    }
}
