using System.Text.RegularExpressions;
using HoiAm.Protocols.Codes;

namespace HoiAm.Protocols.Explaining;

/// <summary>
/// The Vietnamese of an explanation. The explainers write English; what they write is a small set of sentences and words, which stand here by
/// their English. What is not here (a name, a time, a text of somebody else) is the same in both languages.
/// </summary>
internal static partial class VietnameseMeanings
{
    // Sentences with something in them: $1 is translated again, #1 stays as it is.
    private static readonly (Regex English, string Vietnamese)[] s_sentences =
    [
        (Outcome(), "$1 #2 $3$4."),
        (ZaloError(), " (Zalo #1: $2)"),
        (Report(), "Báo cáo của nhà cung cấp cho #1 $2."),
        (SaysRefused(), "$1; Zalo từ chối trước khi nhận chuyển"),
        (SaysStatus(), "ghi trạng thái #1 ($2)"),
        (Answer(), "Trả lời của GetCallback, có #1 tin."),
        (PhoneOf(), "số điện thoại #1, đầu số $2"),
        (Missing(), "Thiếu #1 hoặc #1 rỗng."),
        (Twice(), "#1 xuất hiện nhiều lần; giá trị đầu được dùng."),
        (NoNumber(), "#1 không phải số nguyên."),
        (NoAmount(), "#1 không phải số tiền."),
        (Item(), "#1: $2"),
        (Advice(), "$1; $2"),
    ];

    private static readonly Dictionary<string, string> s_zalo = ZaloResultCodes.All.GroupBy(c => c.English, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.First().Vietnamese, StringComparer.Ordinal);

    /// <summary>The Vietnamese of a text that an explainer wrote; the text itself when there is nothing to say differently.</summary>
    public static string Of(string english)
    {
        if (english.Length == 0)
        {
            return english;
        }

        if (VietnameseWords.All.TryGetValue(english, out var word) || s_zalo.TryGetValue(english, out word))
        {
            return word;
        }

        foreach (var (pattern, vietnamese) in s_sentences)
        {
            if (pattern.Match(english) is { Success: true } match)
            {
                return Slot().Replace(vietnamese, slot =>
                {
                    var value = match.Groups[slot.ValueSpan[1] - '0'].Value;
                    return slot.ValueSpan[0] == '$' ? Of(value) : value;
                });
            }
        }

        return english;
    }

    [GeneratedRegex("^The (.+?) (without an id|[^ ]+) (is not final yet|was delivered to some receivers only|was delivered|failed|was rejected|is finished, but the outcome is not told|has an unknown state)( \\(Zalo .+\\))?\\.$")]
    private static partial Regex Outcome();

    [GeneratedRegex(@"^ \(Zalo (-?[0-9]+): (.+)\)$")]
    private static partial Regex ZaloError();

    [GeneratedRegex(@"^A vendor's report for ([^ ]+) (.+)\.$")]
    private static partial Regex Report();

    [GeneratedRegex("^(.+); Zalo refused it before hand-over$")]
    private static partial Regex SaysRefused();

    [GeneratedRegex(@"^says status (-?[0-9]+) \((.+)\)$")]
    private static partial Regex SaysStatus();

    [GeneratedRegex(@"^An answer of GetCallback with ([0-9]+) message\(s\)\.$")]
    private static partial Regex Answer();

    [GeneratedRegex("^phone ([0-9]+), an? (.+) prefix$")]
    private static partial Regex PhoneOf();

    [GeneratedRegex("^([A-Za-z_]+) is missing or empty\\.$")]
    private static partial Regex Missing();

    [GeneratedRegex("^([A-Za-z_]+) appears more than once; the first value counts\\.$")]
    private static partial Regex Twice();

    [GeneratedRegex("^([A-Za-z_]+) is no whole number\\.$")]
    private static partial Regex NoNumber();

    [GeneratedRegex("^([A-Za-z_]+) is no amount\\.$")]
    private static partial Regex NoAmount();

    [GeneratedRegex(@"^(Data_callback\[[0-9]+\]): (.+)$")]
    private static partial Regex Item();

    [GeneratedRegex("^(.+); (may be retried|retry later|works once configuration, balance or quota is fixed|permanent for this receiver or content)$")]
    private static partial Regex Advice();

    [GeneratedRegex("[$#][1-9]")]
    private static partial Regex Slot();
}
