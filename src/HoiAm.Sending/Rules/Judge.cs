using System.Collections.Immutable;
using HoiAm.Model;
using HoiAm.Protocols.EsmsApi;

namespace HoiAm.Sending;

/// <summary>One request's judgement: the snapshot, the moment, and the checks that all kinds share.</summary>
/// <param name="Catalogue">The account's snapshot.</param>
/// <param name="Context">Clock and randomness.</param>
/// <param name="IsEstimate">Nothing is sent: the minimum of a promotion does not apply.</param>
internal sealed record Judge(AccountCatalogue Catalogue, SendContext Context, bool IsEstimate)
{
    public DraftOutcome Draft(SendRequest request, string smsId) => request switch
    {
        TextSendRequest text => TextRules.Draft(text, this, smsId),
        ZnsSendRequest zns => ZnsRules.Draft(zns, this, smsId),
        FollowerSendRequest follower => FollowerRules.Draft(follower, this, smsId),
        MultiChannelRequest multi => MultiChannelRules.Draft(multi, this, smsId),
        OtpSendRequest otp => OtpRules.Draft(otp, this, smsId),
        VoiceCallRequest call => VoiceRules.Draft(call, this, smsId),
        _ => throw new ArgumentException("No rule for " + request.GetType().Name, nameof(request)),
    };

    /// <summary>One phone: 108 when malformed, 99 when blocked.</summary>
    public EsmsResult? Phone(string text, out string phone)
    {
        if (!Msisdn.TryNormalize(text, out phone))
        {
            return EsmsResults.PhoneInvalid(text);
        }

        return Catalogue.BlockedNumbers.Contains(phone) ? EsmsResults.Blocked : null;
    }

    /// <summary>Prices receivers: 118 when nobody carries the kind, 177 when not to a carrier, 102 when there is no price.</summary>
    public EsmsResult? Price(
        MessageKind kind, IEnumerable<(string Address, AddressForm Form)> receivers, int segments, BrandName? brand, out ImmutableArray<DraftRecipient> priced)
    {
        priced = [];
        if (!Catalogue.Routes.Carries(kind))
        {
            return EsmsResults.UnsupportedKind;
        }

        var list = ImmutableArray.CreateBuilder<DraftRecipient>();
        foreach (var (address, form) in receivers)
        {
            var telco = form == AddressForm.Phone ? Msisdn.Telco(address) : (byte)0;
            if (!Catalogue.Routes.Carries(kind, telco) || brand?.IsRegisteredWith(telco) == false)
            {
                return EsmsResults.CarrierNotRegistered;
            }

            if (!Catalogue.Prices.TryGet(kind, telco, out var price))
            {
                return EsmsResults.NoPrice;
            }

            list.Add(new DraftRecipient(address, form, telco, price * segments));
        }

        priced = list.ToImmutable();
        return null;
    }

    /// <summary>An Official Account that may be used: 791, 204, 799.</summary>
    public EsmsResult? Oa(string id, out OfficialAccount oa)
    {
        oa = null!;
        if (id.Length == 0)
        {
            return EsmsResults.MissingOaOrTemplate;
        }

        if (Catalogue.FindOa(id) is not { } found)
        {
            return EsmsResults.UnknownOa;
        }

        oa = found;
        return found.Active ? null : EsmsResults.OaInactive;
    }

    public DraftDisposition DispositionOf(MessageKind kind) =>
        Catalogue.ApprovalKinds.Contains(kind) ? DraftDisposition.AwaitApproval : DraftDisposition.Send;
}
