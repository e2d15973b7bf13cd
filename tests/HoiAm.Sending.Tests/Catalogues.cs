using System.Collections.Frozen;
using System.Net;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending.Tests;

/// <summary>The sandbox with one thing changed, and the account that the documented request bodies belong to.</summary>
internal static class Catalogues
{
    private const string DemoOa = "1000000000000000001";

    /// <summary>Brand names, Official Account and templates of the vectors.</summary>
    public static AccountCatalogue OfVectors { get; } = Sandbox.Catalogue with
    {
        BrandNames =
        [
            new BrandName("TESTBRAND", MessageKind.CustomerCareSms),
            new BrandName("TESTADS", MessageKind.PromoSms),
            new BrandName("TESTVIBER", MessageKind.Viber),
        ],
        Oas =
        [
            new OfficialAccount(DemoOa, "Demo")
            {
                Templates =
                [
                    Template("205644", "otp"),
                    Template("267247", "name"),
                    Template("540679", "name"),
                    new ZnsTemplate("200607", MessageKind.Zns, [new ZnsParameter("otp", 30, false), new ZnsParameter("name", 30, false)])
                    {
                        AllowsJourney = true,
                    },
                ],
            },
        ],
    };

    public static AccountCatalogue Locked { get; } = Sandbox.Catalogue with { Active = false };

    public static AccountCatalogue OnlyFromElsewhere { get; } = Sandbox.Catalogue with { AllowedAddresses = [IPNetwork.Parse("203.0.113.0/24")] };

    public static AccountCatalogue Poor { get; } = Sandbox.Catalogue with { Balance = 300m };

    public static AccountCatalogue WithoutPrices { get; } = Sandbox.Catalogue with { Prices = PriceList.Empty };

    public static AccountCatalogue WithoutRoutes { get; } = Sandbox.Catalogue with { Routes = RouteTable.None };

    public static AccountCatalogue OnlyToViettel { get; } =
        Sandbox.Catalogue with { Routes = new RouteTable(Enum.GetValues<MessageKind>().Select(k => (k, (byte)1))) };

    public static AccountCatalogue BlockedNumber { get; } =
        Sandbox.Catalogue with { BlockedNumbers = FrozenSet.ToFrozenSet(["0901888484"]) };

    public static AccountCatalogue BlockedKeyword { get; } = Sandbox.Catalogue with { BlockedKeywords = ["casino"] };

    public static AccountCatalogue BrandAtViettelOnly { get; } =
        Sandbox.Catalogue with { BrandNames = [new BrandName("Baotrixemay", MessageKind.CustomerCareSms) { Telcos = [1] }] };

    public static AccountCatalogue InactiveOa { get; } = Sandbox.Catalogue with { Oas = [.. Sandbox.Catalogue.Oas.Select(o => o with { Active = false })] };

    public static AccountCatalogue OverQuotaOa { get; } =
        Sandbox.Catalogue with { Oas = [.. Sandbox.Catalogue.Oas.Select(o => o with { OverQuotaAllowed = true })] };

    public static AccountCatalogue WithRating(OaRating rating) => Sandbox.Catalogue with
    {
        Oas = [.. Sandbox.Catalogue.Oas.Select(o => o with { Ratings = [KeyValuePair.Create("205644", rating)] })],
    };

    private static ZnsTemplate Template(string id, string parameter) => new(id, MessageKind.Zns, [new ZnsParameter(parameter, 30)]);
}
