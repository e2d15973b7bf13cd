namespace HoiAm.Protocols.Codes;

/// <summary>Zalo's result codes in <c>error_info</c> (protocol E.2): Zalo's public list, our words and our advice.</summary>
public static class ZaloResultCodes
{
    private static readonly ZaloResultCode[] s_all =
    [
        new(0, ZaloRetryClass.None, "success", "thành công"),
        new(-100, ZaloRetryClass.Transient, "unknown error, try later", "lỗi không xác định, hãy thử lại sau"),
        new(-101, ZaloRetryClass.Configuration, "application invalid", "ứng dụng không hợp lệ"),
        new(-102, ZaloRetryClass.Configuration, "application not found", "không tìm thấy ứng dụng"),
        new(-103, ZaloRetryClass.Configuration, "application not activated", "ứng dụng chưa được kích hoạt"),
        new(-104, ZaloRetryClass.Configuration, "application secret wrong", "mã bí mật của ứng dụng không đúng"),
        new(-105, ZaloRetryClass.Configuration, "application not linked to the Official Account", "ứng dụng chưa liên kết với OA"),
        new(-106, ZaloRetryClass.Configuration, "method not supported", "phương thức không được hỗ trợ"),
        new(-107, ZaloRetryClass.Permanent, "message id invalid", "mã tin nhắn không hợp lệ"),
        new(-108, ZaloRetryClass.Permanent, "phone number invalid", "số điện thoại không hợp lệ"),
        new(-109, ZaloRetryClass.Configuration, "template id invalid", "mã mẫu tin không hợp lệ"),
        new(-1091, ZaloRetryClass.Configuration, "template cannot be rejected in its state", "mẫu tin không thể từ chối ở trạng thái này"),
        new(-110, ZaloRetryClass.Permanent, "the receiver's Zalo is too old", "phiên bản Zalo của người nhận quá cũ"),
        new(-111, ZaloRetryClass.Permanent, "template data empty", "dữ liệu mẫu tin trống"),
        new(-112, ZaloRetryClass.Permanent, "template data invalid", "dữ liệu mẫu tin không hợp lệ"),
        new(-1121, ZaloRetryClass.Permanent, "a template parameter is too long", "tham số mẫu tin quá dài"),
        new(-1122, ZaloRetryClass.Permanent, "a template parameter is missing", "thiếu tham số mẫu tin"),
        new(-1123, ZaloRetryClass.Permanent, "QR code could not be made", "không tạo được mã QR"),
        new(-1124, ZaloRetryClass.Permanent, "a template parameter has the wrong format", "tham số mẫu tin sai định dạng"),
        new(-113, ZaloRetryClass.Permanent, "button invalid", "nút bấm không hợp lệ"),
        new(-1131, ZaloRetryClass.Permanent, "link of the button has the wrong format", "liên kết của nút bấm sai định dạng"),
        new(-114, ZaloRetryClass.Permanent, "receiver inactive, refuses messages or uses an outdated Zalo", "người nhận không hoạt động, từ chối nhận tin hoặc dùng Zalo bản cũ"),
        new(-115, ZaloRetryClass.Configuration, "out of quota or balance", "hết hạn mức hoặc số dư"),
        new(-116, ZaloRetryClass.Permanent, "text invalid", "nội dung không hợp lệ"),
        new(-117, ZaloRetryClass.Configuration, "no right to this template", "không có quyền dùng mẫu tin này"),
        new(-118, ZaloRetryClass.Permanent, "Zalo account does not exist or is disabled", "tài khoản Zalo không tồn tại hoặc đã bị khoá"),
        new(-119, ZaloRetryClass.Permanent, "account cannot receive ZNS", "tài khoản không thể nhận ZNS"),
        new(-120, ZaloRetryClass.Configuration, "the Official Account lacks the permission", "OA chưa được cấp quyền"),
        new(-1201, ZaloRetryClass.Configuration, "the Official Account lacks the permission for this feature", "OA chưa được cấp quyền cho tính năng này"),
        new(-1202, ZaloRetryClass.Configuration, "the Official Account lacks the permission for this content", "OA chưa được cấp quyền cho loại nội dung này"),
        new(-121, ZaloRetryClass.Configuration, "template has no content", "mẫu tin không có nội dung"),
        new(-122, ZaloRetryClass.Permanent, "body is not JSON", "nội dung gửi lên không phải JSON"),
        new(-123, ZaloRetryClass.Configuration, "RSA decoding failed", "giải mã RSA thất bại"),
        new(-124, ZaloRetryClass.Configuration, "access token invalid", "mã truy cập không hợp lệ"),
        new(-1241, ZaloRetryClass.Configuration, "proof of the access token wrong", "mã xác thực của access token không đúng"),
        new(-125, ZaloRetryClass.Configuration, "Official Account id invalid", "mã OA không hợp lệ"),
        new(-126, ZaloRetryClass.Configuration, "wallet empty in development mode", "ví đã hết tiền ở chế độ phát triển"),
        new(-127, ZaloRetryClass.Configuration, "test template, for administrators only", "mẫu tin thử chỉ gửi được cho quản trị viên"),
        new(-128, ZaloRetryClass.Configuration, "encoding key missing", "thiếu khoá mã hoá"),
        new(-129, ZaloRetryClass.Transient, "RSA key could not be made, try again", "không tạo được khoá RSA, hãy thử lại"),
        new(-130, ZaloRetryClass.Permanent, "content too long", "nội dung quá dài"),
        new(-131, ZaloRetryClass.Configuration, "template not approved", "mẫu tin chưa được duyệt"),
        new(-132, ZaloRetryClass.Permanent, "parameter invalid", "tham số không hợp lệ"),
        new(-133, ZaloRetryClass.Later, "template not allowed between 22:00 and 06:00", "mẫu tin không được gửi từ 22:00 đến 06:00"),
        new(-134, ZaloRetryClass.Permanent, "the user has not answered the opt-in", "người dùng chưa đồng ý nhận tin"),
        new(-135, ZaloRetryClass.Configuration, "the Official Account has no ZNS right", "OA không có quyền gửi ZNS"),
        new(-1351, ZaloRetryClass.Configuration, "the Official Account is blocked from ZNS for a violation", "OA bị chặn gửi ZNS do vi phạm"),
        new(-136, ZaloRetryClass.Configuration, "needs a linked payment account", "cần liên kết tài khoản thanh toán"),
        new(-137, ZaloRetryClass.Configuration, "payment failed", "thanh toán thất bại"),
        new(-138, ZaloRetryClass.Configuration, "the application lacks the permission", "ứng dụng chưa được cấp quyền"),
        new(-1381, ZaloRetryClass.Configuration, "the application lacks the permission for this feature", "ứng dụng chưa được cấp quyền cho tính năng này"),
        new(-139, ZaloRetryClass.Permanent, "the user refuses this kind of ZNS", "người dùng từ chối loại ZNS này"),
        new(-140, ZaloRetryClass.Permanent, "the Official Account may not send post-sale ZNS to this user", "OA không được gửi ZNS hậu mãi cho người dùng này"),
        new(-141, ZaloRetryClass.Permanent, "the user refuses ZNS of this Official Account", "người dùng từ chối ZNS của OA này"),
        new(-142, ZaloRetryClass.Configuration, "RSA key missing", "chưa có khoá RSA"),
        new(-143, ZaloRetryClass.Configuration, "RSA key exists already", "khoá RSA đã tồn tại"),
        new(-144, ZaloRetryClass.Later, "the Official Account is over its daily quota", "OA đã vượt hạn mức trong ngày"),
        new(-1441, ZaloRetryClass.Later, "the Official Account is over its monthly promotion quota", "OA đã vượt hạn mức tin khuyến mãi trong tháng"),
        new(-145, ZaloRetryClass.Configuration, "content kind not allowed for the Official Account", "loại nội dung không được phép với OA"),
        new(-146, ZaloRetryClass.Configuration, "template disabled for low quality", "mẫu tin bị khoá do chất lượng thấp"),
        new(-147, ZaloRetryClass.Later, "template over its daily limit", "mẫu tin đã vượt hạn mức trong ngày"),
        new(-1471, ZaloRetryClass.Later, "the user's monthly limit of promotions is reached", "người dùng đã nhận đủ tin khuyến mãi trong tháng"),
        new(-148, ZaloRetryClass.Permanent, "journey token missing", "thiếu journey token"),
        new(-149, ZaloRetryClass.Permanent, "journey token invalid", "journey token không hợp lệ"),
        new(-1491, ZaloRetryClass.Permanent, "journey token of the wrong type", "journey token sai loại"),
        new(-150, ZaloRetryClass.Permanent, "journey token expired", "journey token đã hết hạn"),
        new(-151, ZaloRetryClass.Configuration, "template not end-to-end encrypted", "mẫu tin không mã hoá đầu cuối"),
        new(-152, ZaloRetryClass.Transient, "key exchange failed", "trao đổi khoá thất bại"),
        new(-153, ZaloRetryClass.Permanent, "data violates the rules", "dữ liệu vi phạm quy định"),
        new(-158, ZaloRetryClass.Later, "upload or template quota reached", "đã hết hạn mức tải lên hoặc tạo mẫu tin"),
        new(-159, ZaloRetryClass.Later, "upload or template quota reached", "đã hết hạn mức tải lên hoặc tạo mẫu tin"),
        new(-160, ZaloRetryClass.Later, "upload or template quota reached", "đã hết hạn mức tải lên hoặc tạo mẫu tin"),
        new(-161, ZaloRetryClass.Configuration, "sending mode invalid", "chế độ gửi không hợp lệ"),
        new(-162, ZaloRetryClass.Configuration, "sending mode 3 is not for templates of tags 1 and 2", "chế độ gửi 3 không dùng cho mẫu tin thuộc tag 1 và 2"),
        new(-213, ZaloRetryClass.Permanent, "the user does not follow the Official Account", "người dùng chưa quan tâm OA"),
        new(-216, ZaloRetryClass.Configuration, "access token invalid", "mã truy cập không hợp lệ"),
        new(-217, ZaloRetryClass.Permanent, "the user has blocked the Official Account", "người dùng đã chặn OA"),
        new(-218, ZaloRetryClass.Later, "limit of messages to this user reached", "đã đạt hạn mức tin gửi cho người dùng này"),
        new(-220, ZaloRetryClass.Configuration, "access token expired or invalid", "mã truy cập hết hạn hoặc không hợp lệ"),
        new(1001, ZaloRetryClass.Permanent, "receiver was not online within the allowed time", "người nhận không trực tuyến trong thời gian cho phép"),
    ];

    private static readonly Dictionary<int, ZaloResultCode> s_byCode = s_all.ToDictionary(c => c.Code);

    /// <summary>Every listed code.</summary>
    public static IReadOnlyList<ZaloResultCode> All => s_all;

    /// <summary>
    /// The entry of a code. Codes −200 to −223 that are not listed are errors of messages to followers; whatever else is not listed
    /// comes back with class <see cref="ZaloRetryClass.Unknown"/>.
    /// </summary>
    public static ZaloResultCode Find(int code)
    {
        if (s_byCode.TryGetValue(code, out var known))
        {
            return known;
        }

        return code is <= -200 and >= -223
            ? new ZaloResultCode(code, ZaloRetryClass.Unknown, "error of a message to a follower", "lỗi tin gửi cho người quan tâm OA")
            : new ZaloResultCode(code, ZaloRetryClass.Unknown, "code not in the list", "mã chưa có trong danh sách");
    }
}
