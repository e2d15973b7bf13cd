using HoiAm.Faults.Injecting;
using HoiAm.Faults.Power;

namespace HoiAm.Faults;

/// <summary>Power cuts in short; eng/faults cuts is the long form. One recording serves both tests.</summary>
public sealed class CutPointTests(ITestOutputHelper output) : IClassFixture<CutPointTests.Recorded>
{
    private const int Seed = 20260131;

    [Fact]
    public async Task PowerCutsAtManyPoints_LoseNothingThatWasAnswered()
    {
        var verdict = new PowerCuts(await Recorded.GetAsync(), Seed).Run(cuts: 150);
        output.WriteLine($"seed {Seed}: {verdict.Cuts} cuts, {verdict.PromisesChecked} promises looked for");
        Assert.Empty(verdict.Findings);
        Assert.True(verdict.IsClean);
        Assert.True(verdict.Undecided > 50, "Hardly any cut had something to forget.");
    }

    // An instrument that cannot find a loss proves nothing: on a disk that ignores syncs it has to.
    [Fact]
    public async Task SameCutsOnADiskThatIgnoresSyncs_AreFoundOut()
    {
        var verdict = new PowerCuts(await Recorded.GetAsync(), Seed, ignoresSyncs: true).Run(cuts: 12);
        Assert.True(verdict.Lost > 0, "No loss was found.");
        Assert.True(verdict.Damaged > 0, "No damage was found.");
    }

    /// <summary>The recording, made when the first test asks for it.</summary>
    public sealed class Recorded
    {
        private static readonly SemaphoreSlim s_one = new(1);
        private static Recording? s_recording;

        internal static async Task<Recording> GetAsync()
        {
            Assert.SkipWhen(Shim.Build() is null, Shim.Missing ?? "");
            await s_one.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                return s_recording ??= await Recording.MakeAsync(Seed, reports: 400, Shim.Build()!);
            }
            finally
            {
                s_one.Release();
            }
        }
    }
}
