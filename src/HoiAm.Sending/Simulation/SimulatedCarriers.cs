using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HoiAm.Model;

namespace HoiAm.Sending;

/// <summary>One receiver of a message that was handed to the simulated carriers.</summary>
/// <param name="SmsId">The message.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Address">Normalised receiver.</param>
/// <param name="Form">What the address is.</param>
/// <param name="Parameters">ZNS values.</param>
/// <param name="Content">Text.</param>
public sealed record SimulatedSend(
    string SmsId, MessageKind Kind, string Address, AddressForm Form, ImmutableArray<KeyValuePair<string, string>> Parameters, string Content);

/// <summary>A report to POST to the hub's own vendor endpoint.</summary>
/// <param name="Delay">After the send answer.</param>
/// <param name="Status">Vendor status of protocol F.3.</param>
/// <param name="ErrorInfo">Zalo's or the call's result as plain JSON, or "".</param>
/// <param name="PartnerId">Zalo's message id, or "".</param>
public sealed record PlannedReport(TimeSpan Delay, int Status, string ErrorInfo = "", string PartnerId = "");

/// <summary>What the simulated carriers will do with one receiver.</summary>
/// <param name="Reports">In the order in which they are sent.</param>
/// <param name="BeforeAnswer">True: the reports are sent before the send call is answered.</param>
/// <param name="AwaitsApproval">True: <see cref="SimulatedCarriers.AfterApproval"/> says what follows.</param>
public sealed record CarrierPlan(ImmutableArray<PlannedReport> Reports, bool BeforeAnswer = false, bool AwaitsApproval = false);

/// <summary>
/// The simulated carriers (contract section 3): the last three digits of a phone or Zalo user id choose what happens, a template value
/// <c>zalo:-NNN</c> chooses Zalo's result, and beyond the contract <c>zalo:seen</c> and <c>zalo:expired</c> choose those events. A follower
/// message chooses by its text. All of it is a function of its inputs: the same send always goes the same way.
/// </summary>
/// <param name="seed">Makes the partner ids of one hub differ from those of another.</param>
public sealed class SimulatedCarriers(long seed)
{
    private const int PendingApproval = 0;
    private const int Approved = 1;
    private const int Delivered = 2;
    private const int Seen = 3;
    private const int Expired = 6;
    private const int Rejected = -1;
    private const int Failed = -2;

    private const int ExpiredAtZalo = 1001;

    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_second = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_final = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan s_later = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(30);

    /// <summary>What will happen.</summary>
    public CarrierPlan Plan(SimulatedSend send)
    {
        var pending = new PlannedReport(s_first, PendingApproval);
        var approved = new PlannedReport(s_second, Approved);
        var delivered = Final(send, s_final, Delivered, 0);
        if (send.Kind.IsZalo() && Chosen(send) is { } chosen)
        {
            return chosen switch
            {
                "seen" => new([pending, approved, delivered, delivered with { Delay = s_later, Status = Seen }]),
                "expired" => new([pending, approved, Final(send, s_final, Expired, ExpiredAtZalo)]),
                _ => Refused(send, int.Parse(chosen, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)),
            };
        }

        return Suffix(send) switch
        {
            900 when send.Kind.IsZalo() => Refused(send, -114),
            900 => new([pending, approved, Final(send, s_final, Failed, 0)]),
            901 => new([pending, new PlannedReport(s_final, Rejected, send.Kind.IsZalo() ? ZaloResults.Json(-131) : "")]),
            902 => new([pending, approved, Final(send, s_final, Expired, ExpiredAtZalo)]),
            903 => new([]),
            904 => new([pending, approved, delivered, delivered with { Delay = s_final * 1.1 }, delivered with { Delay = s_later }]),
            905 => new([delivered with { Delay = s_first }, pending with { Delay = s_second }, approved with { Delay = s_final }]),
            906 => new([delivered with { Delay = TimeSpan.Zero }], BeforeAnswer: true),
            907 => new([pending, approved, delivered with { Delay = s_slow }]),
            908 => new([pending], AwaitsApproval: true),
            _ => new([pending, approved, delivered]),
        };
    }

    /// <summary>What follows once an administrator has decided on a message that waited (suffix 908).</summary>
    public CarrierPlan AfterApproval(SimulatedSend send, bool approved) => approved
        ? new([new PlannedReport(s_first, Approved), Final(send, s_second, Delivered, 0)])
        : new([new PlannedReport(s_first, Rejected, send.Kind.IsZalo() ? ZaloResults.Json(-131) : "")]);

    // Refused before hand-over: an error and no partner id, so it counts as not sent and costs nothing (contract section 2).
    private static CarrierPlan Refused(SimulatedSend send, int code) => new([new PlannedReport(s_second, Failed, ZaloResults.Json(code))]);

    private PlannedReport Final(SimulatedSend send, TimeSpan delay, int status, int zaloCode)
    {
        if (send.Kind == MessageKind.VoiceCall)
        {
            return new PlannedReport(delay, status, VoiceResult.Json(VoiceFacts(status)));
        }

        if (!send.Kind.IsZalo())
        {
            return new PlannedReport(delay, status);
        }

        var partner = PartnerId(send);
        var json = zaloCode != 0 ? ZaloResults.Json(zaloCode) : send.Kind switch
        {
            MessageKind.ZnsByUid => ZaloResults.DeliveredToUid,
            MessageKind.ZaloFollower or MessageKind.ZnsJourney => ZaloResults.SuccessTo(partner, UserId(send)),
            _ => ZaloResults.Success,
        };
        return new PlannedReport(delay, status, json, partner);
    }

    private static VoiceCallFacts VoiceFacts(int status) => status == Delivered
        ? new VoiceCallFacts(13, "ANSWERED", "", SentResult: true, "02871002454")
        : new VoiceCallFacts(0, "NO ANSWER", "", SentResult: false, "02871002454");

    private static string? Chosen(SimulatedSend send)
    {
        var texts = send.Parameters.Select(p => p.Value);
        if (send.Kind == MessageKind.ZaloFollower)
        {
            texts = texts.Append(send.Content);
        }

        foreach (var text in texts)
        {
            if (text.StartsWith("zalo:", StringComparison.OrdinalIgnoreCase) && text.Length > "zalo:".Length)
            {
                var choice = text["zalo:".Length..];
                if (choice is "seen" or "expired" || (choice.Length is >= 2 and <= 6 && choice[0] == '-' && IsDigits(choice.AsSpan(1))))
                {
                    return choice;
                }
            }
        }

        return null;
    }

    // A hash ends in digits by chance only: nothing is chosen by it.
    private static int Suffix(SimulatedSend send) =>
        send.Form != AddressForm.HashedPhone && send.Address.Length >= 3 && IsDigits(send.Address.AsSpan()[^3..])
            ? int.Parse(send.Address.AsSpan()[^3..], NumberStyles.None, CultureInfo.InvariantCulture)
            : 0;

    private static bool IsDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;

    // 20 lower-case hex digits, like Zalo's.
    private string PartnerId(SimulatedSend send) => Convert.ToHexStringLower(Digest(send, 'p').AsSpan(0, 10));

    // Zalo knows the user behind a phone; 18 digits, so that nobody takes it for a phone number.
    private string UserId(SimulatedSend send) => send.Form == AddressForm.ZaloUid
        ? send.Address
        : (100_000_000_000_000_000 + (BinaryPrimitives.ReadUInt64LittleEndian(Digest(send, 'u')) % 899_999_999_999_999_999))
            .ToString(CultureInfo.InvariantCulture);

    private byte[] Digest(SimulatedSend send, char use) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}|{use}|{send.SmsId}|{send.Address}")));
}
