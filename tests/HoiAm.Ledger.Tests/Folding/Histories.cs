using FsCheck;
using FsCheck.Fluent;
using HoiAm.Ledger.Facts;
using HoiAm.Ledger.Tests.Support;
using HoiAm.Model;

namespace HoiAm.Ledger.Tests.Folding;

/// <summary>A message and the reports about it, in random order, with repeats.</summary>
internal sealed record History(int Recipients, bool IsZalo, IReadOnlyList<Step> Steps)
{
    public override string ToString() => $"{Recipients} recipients{(IsZalo ? ", Zalo" : "")}:\n  {string.Join("\n  ", Steps)}";
}

internal static class Histories
{
    private static readonly int?[] s_codes = [null, 0, 1, 2, -1, -2, 3, 4, 5, 6, 7, 8, 17, -16, 31, 32, 4711];

    private static readonly ReportedStatus[] s_told =
    [
        ReportedStatus.PendingApproval, ReportedStatus.Waiting, ReportedStatus.Sent, ReportedStatus.Delivered, ReportedStatus.Failed,
        ReportedStatus.Rejected, ReportedStatus.Expired, ReportedStatus.Seen,
    ];

    /// <summary>Histories of up to four recipients; shrinks by leaving reports out.</summary>
    public static Arbitrary<History> Any() => Arb.From(
        from recipients in Gen.Choose(1, 4)
        from isZalo in Gen.Elements(true, false)
        from steps in StepOf(recipients).ListOf()
        from extra in StepOf(recipients).ListOf(3)
        from order in Gen.Choose(0, 1_000_000).ListOf(40)
        select new History(recipients, isZalo, [.. steps, .. extra, .. Again(steps, order)]),
        Shrink);

    private static Gen<Step> StepOf(int recipients) =>
        from recipient in Gen.Choose(0, recipients - 1)
        from source in Gen.Frequency(
            (7, Gen.Constant(ReportSource.Vendor)), (1, Gen.Constant(ReportSource.Presumed)), (1, Gen.Constant(ReportSource.Pull)),
            (1, Gen.Constant(ReportSource.EsmsCallback)), (1, Gen.Constant(ReportSource.Operator)))
        from code in Gen.Elements(s_codes)
        from told in Gen.Elements(s_told)
        from price in Gen.Elements<decimal?>(null, null, 0m, 850m, 12.3456m)
        from refusal in Gen.Elements(true, false)
        from partner in Gen.Elements<string?>(null, null, "zalo-1")
        select source switch
        {
            ReportSource.Vendor => new Step(recipient, source, code, Meaning(code), price, refusal, partner),
            ReportSource.Presumed => new Step(recipient, source, null, ReportedStatus.Expired, null, false, null),
            _ => new Step(recipient, source, null, told, price, refusal, partner),
        };

    // 7 and 8 are numbers that a vendor's own map gave a meaning.
    private static ReportedStatus Meaning(int? code) => code switch
    {
        7 => ReportedStatus.Sent,
        8 => ReportedStatus.Delivered,
        _ => Make.Meaning(code),
    };

    private static IEnumerable<Step> Again(List<Step> steps, List<int> order) =>
        steps.Count == 0 ? [] : order.Take(steps.Count / 2).Select(i => steps[i % steps.Count]);

    private static IEnumerable<History> Shrink(History history)
    {
        for (var i = 0; i < history.Steps.Count; i++)
        {
            yield return history with { Steps = [.. history.Steps.Where((_, index) => index != i)] };
        }
    }
}
