namespace HoiAm.Protocols.EsmsApi;

/// <summary>Every call of the eSMS send and query APIs that the hub serves (protocol C.2 and D).</summary>
public enum EsmsOperation : byte
{
    /// <summary>No call.</summary>
    None = 0,

    /// <summary>SendMultipleMessage_V4_post_json: kinds 2 and 8, 23, and the full-template form of 24 and 25.</summary>
    SendJson,

    /// <summary>SendMultipleMessage_V4_get: the same by query.</summary>
    SendGet,

    /// <summary>SendMultipleMessage_V4_post: the same by form.</summary>
    SendForm,

    /// <summary>SendMultipleMessage_V4: the same by XML text.</summary>
    SendXml,

    /// <summary>SendMultipleSMSBrandname_json: kind 1.</summary>
    SendPromoJson,

    /// <summary>SendMultipleSMSBrandname: kind 1 by XML text.</summary>
    SendPromoXml,

    /// <summary>Send_Multiple_Sms_OTT: kind 23.</summary>
    SendViber,

    /// <summary>SendZaloMessage_V4_post_json: kinds 24, 25, and 27 with IsJourney.</summary>
    SendZnsV4,

    /// <summary>SendZaloMessage_V5_post: kinds 24 and 25.</summary>
    SendZnsV5,

    /// <summary>SendZaloMessage_V6: kinds 24 and 25.</summary>
    SendZnsV6,

    /// <summary>SendZaloMessage_V6/zalo_uid: kind 25 to a Zalo user id.</summary>
    SendZnsByUid,

    /// <summary>SendZaloMessage_V6/hash_phone: kinds 24 and 25 to a hashed number.</summary>
    SendZnsByHash,

    /// <summary>Send_zns_bulk_v4_post_json: up to 500 rows, a result each.</summary>
    SendZnsBulk,

    /// <summary>SendZaloFollowerMessage_V4_post_json: kind 26, text.</summary>
    SendFollowerText,

    /// <summary>SendZaloFollowerMessage_V5_post_json: kind 26, Zalo's own message object.</summary>
    SendFollowerPayload,

    /// <summary>MultiChannelMessage: Zalo, then SMS.</summary>
    SendMultiChannel,

    /// <summary>SendMessageAutoGenCode_V4_get: a generated code by SMS.</summary>
    SendOtpV4,

    /// <summary>SendMessageAutoGenCode_V5: a generated code by Zalo, then SMS.</summary>
    SendOtpV5,

    /// <summary>CheckCodeGen_V4_get.</summary>
    CheckOtp,

    /// <summary>MakeCallTemplate_V2: a call that reads a template aloud.</summary>
    CallTemplate,

    /// <summary>MakeCallRecord_V2: a call that plays a recording.</summary>
    CallRecord,

    /// <summary>GetSendStatus; with <c>ReferenceId</c> instead of <c>RefId</c> it is the voice host's call of the same name.</summary>
    GetSendStatus,

    /// <summary>GetSmsReceiverStatus_get.</summary>
    GetReceiverStatus,

    /// <summary>GetSmsSentData_V2.</summary>
    GetSentData,

    /// <summary>QueryZnsStatus.</summary>
    QueryZnsStatus,

    /// <summary>GetZaloMessageStatus.</summary>
    GetZaloMessageStatus,

    /// <summary>GetBalance_json.</summary>
    GetBalance,

    /// <summary>GetListBrandname/{ApiKey}/{SecretKey}.</summary>
    GetBrandnames,

    /// <summary>GetTemplate: of a brand name (kind 2) or of an OA (24, 25).</summary>
    GetTemplates,

    /// <summary>GetZnsTemplateInfo.</summary>
    GetZnsTemplateInfo,

    /// <summary>ZNS/GetListZOA.</summary>
    GetOas,

    /// <summary>ZNS/GetQuota.</summary>
    GetQuota,

    /// <summary>ZNS/GetQuality.</summary>
    GetQuality,

    /// <summary>ZNS/GetRating.</summary>
    GetRating,

    /// <summary>QueryListUID.</summary>
    GetUids,

    /// <summary>ZNS/GetFollowers.</summary>
    GetFollowers,

    /// <summary>SummaryMultipleMessage_V4_get.</summary>
    SummarySms,

    /// <summary>SummaryMultipleSMSBrandname.</summary>
    SummaryPromo,

    /// <summary>SummaryZaloMessage_V4_post_json.</summary>
    SummaryZalo,

    /// <summary>RegisZNSTemplateJson.</summary>
    RegisterZnsTemplate,

    /// <summary>SubServicePreviewJson.</summary>
    RegisterSmsTemplate,

    /// <summary>RegisOAPackageJson.</summary>
    RegisterOaPackage,
}
