using System.Globalization;
using System.Text.RegularExpressions;
using HoiAm.Tidy.Tests.Support;

namespace HoiAm.Tidy.Tests;

/// <summary>docs/seeds.md follows every line of the four source pages to code and to a test.</summary>
public sealed partial class SeedsTests
{
    private static readonly string[] s_callbackFields =
    [
        "SMSID", "SendFailed", "SendStatus", "SendSuccess", "Totalprice", "TotalReceiver", "TotalSent", "RequestId", "TypeId", "telcoid",
        "phonenumber", "partnerids", "error_info", "oaid", "tempid",
    ];

    private static readonly string[] s_carriers = ["1", "2", "3", "4", "5", "6", "7"];

    /// <summary>What each page names: its fields, and the values of its enumerations.</summary>
    public static TheoryData<string, string, string[]> Named { get; } = new()
    {
        { "S000", "Field `{0}`", s_callbackFields },
        { "S000", "`SendStatus` = `{0}`", ["1", "4", "5"] },
        { "S000", "`TypeId` = `{0}`", ["1", "2", "23", "24", "25"] },
        { "S000", "`telcoid` = `{0}`", s_carriers },
        { "S001", "Field `{0}`", s_callbackFields },
        { "S001", "`SendStatus` = `{0}`", ["1", "2", "4", "5", "7"] },
        { "S001", "`TypeId` = `{0}`", ["1", "2", "23", "24", "25"] },
        { "S001", "`telcoid` = `{0}`", s_carriers },
        { "S001", "vector `{0}`", ["customer-care-sms", "promo-sms", "zns", "viber", "zalo-consulting", "zalo-transaction", "zalo-user-info-request", "zns-journey"] },
        { "S002", "Request field `{0}`", ["ApiKey", "SecretKey", "ListRefid", "OAId"] },
        {
            "S002", "Answer member `{0}`",
            [
                "Code", "Message", "Data_callback", "SMSID", "SendFailed", "SendSuccess", "SendStatus", "TotalPrice", "TotalReceiver", "TotalSent",
                "RequestId", "TypeId", "Telcoid", "PhoneNumber", "CallbackUrl", "Partnerids", "ErrorInfo", "OAId", "ZnsTempId",
            ]
        },
        { "S002", "`SendStatus` = `{0}`", ["2", "5"] },
        { "S002", "`TypeId` = `{0}`", ["24", "25"] },
        { "S002", "`Telcoid` = `{0}`", s_carriers },
        { "S003", "Body field `{0}`", ["msisdn", "requestId", "sendTime", "responseTimeTelco", "status", "referentId", "retryCount"] },
        { "S003", "Header `{0}`", ["API-KEY", "accept: */*", "Content-Type: application/json"] },
        { "S003", "Answer member `{0}`", ["code", "data", "message", "errors", "total_record", "current_page"] },
        { "S003", "HTTP status `{0}`", ["200", "201", "204", "400", "401", "403", "404", "405", "500", "502", "503", "504"] },
    };

    [Theory]
    [MemberData(nameof(Named))]
    public void EverythingThatAPageNames_HasJustOneRow(string seed, string form, string[] names)
    {
        foreach (var name in names)
        {
            var text = string.Format(CultureInfo.InvariantCulture, form, name);

            Assert.Single(SeedsTable.Rows, r => r.Seed == seed && r.Says.Contains(text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void EveryPageOfTheNavigation_HasItsOwnRowInTheTableOfCalls()
    {
        var calls = RepositoryFiles.Read("docs/esms.md").Split('\n');
        var pages = SeedsTable.Rows.Where(r => r.Seed == "S001" && r.Says.StartsWith("Navigation: ", StringComparison.Ordinal) && !r.Says.Contains("GitBook", StringComparison.Ordinal))
            .Select(r => r.Says["Navigation: ".Length..].Split(" › ")[^1]).ToList();

        Assert.Equal(56, pages.Count);
        Assert.All(pages, page => Assert.Single(calls, line => line.StartsWith($"| {page} |", StringComparison.Ordinal)));
    }

    [Fact]
    public void Rows_AreNumberedThroughInEverySeed()
    {
        foreach (var seed in SeedsTable.Rows.GroupBy(r => r.Seed))
        {
            Assert.Equal(seed.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"{seed.Key}-{i + 1:D2}")), seed.Select(r => r.Id));
        }

        Assert.Equal(["S000", "S001", "S002", "S003"], SeedsTable.Rows.Select(r => r.Seed).Distinct());
    }

    // The English page's list of pages has 56 entries below its headings; furniture of the page is one row more.
    [Fact]
    public void EveryPageOfTheNavigation_HasItsRow() => Assert.Equal(57, SeedsTable.Rows.Count(r => r.Says.StartsWith("Navigation: ", StringComparison.Ordinal)));

    [Fact]
    public void EveryRow_NamesCodeThatIsThere()
    {
        var faults = new List<string>();
        foreach (var row in SeedsTable.Rows.Where(r => !r.IsNotYet))
        {
            var files = SourceLink().Matches(row.Where).Select(m => m.Groups[1].Value).ToList();
            if (files.Count == 0)
            {
                faults.Add($"{row.Id} names no source file");
            }

            faults.AddRange(files.Where(f => !RepositoryFiles.Exists(f)).Select(f => $"{row.Id}: {f} is not there"));
        }

        Expect.None(faults);
    }

    [Fact]
    public void EveryRow_NamesTestsThatExist()
    {
        var faults = new List<string>();
        foreach (var row in SeedsTable.Rows)
        {
            var tests = CodeSpan().Matches(row.HeldBy).Select(m => m.Groups[1].Value).ToList();
            if (tests.Count == 0)
            {
                faults.Add($"{row.Id} names no test");
            }

            faults.AddRange(tests.Where(t => !TestNames.All.Contains(t)).Select(t => $"{row.Id}: there is no test {t}"));
        }

        Expect.None(faults);
    }

    [Fact]
    public void WhatIsNotServedYet_IsCountedAndOnlyOtherPages()
    {
        var open = SeedsTable.Rows.Where(r => r.IsNotYet).ToList();

        Assert.All(open, r => Assert.StartsWith("Navigation: ", r.Says, StringComparison.Ordinal));
        Expect.None(AllowList.Compare("seeds-not-yet.txt", open.Count == 0 ? [] : new Dictionary<string, int> { ["docs/seeds.md"] = open.Count }));
    }

    [Fact]
    public void EveryDeviation_HasItsReason() =>
        Assert.All(SeedsTable.Rows.Where(r => r.Remark.StartsWith("*Deviation*", StringComparison.Ordinal)), r => Assert.True(r.Remark.Length > 30, r.Id));

    // The table leans on this list, so it must know a test from a method, and a class from its neighbour.
    [Fact]
    public void TestNames_AreThoseOfTests()
    {
        Assert.Contains("SeedsTests.TestNames_AreThoseOfTests", TestNames.All);
        Assert.Contains("SeedsTests.EverythingThatAPageNames_HasJustOneRow", TestNames.All);
        Assert.DoesNotContain("SeedsTests.SourceLink", TestNames.All);
        Assert.DoesNotContain("ManualTimeProvider.Advance", TestNames.All);
    }

    [GeneratedRegex(@"\]\(\.\./(src/[^)]+)\)")]
    private static partial Regex SourceLink();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();
}
