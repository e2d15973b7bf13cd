using FsCheck;
using FsCheck.Fluent;

namespace HoiAm.Protocols.Tests.Support;

/// <summary>Runs properties; a failure prints the seed that reproduces it.</summary>
internal static class Always
{
    public static void Holds<T>(Gen<T> values, Action<T> check, int cases = 300) =>
        Prop.ForAll(values.ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(cases).WithQuietOnSuccess(true));
}
