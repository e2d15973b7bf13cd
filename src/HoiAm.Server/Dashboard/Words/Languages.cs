using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard.Words;

/// <summary>Which language a reader gets: the one chosen before, else what the browser asks for, else English.</summary>
internal static class Languages
{
    public const string Cookie = "hoiam_lang";

    public static string Of(HttpRequest request)
    {
        if (request.Cookies[Cookie] is "vi" or "en")
        {
            return request.Cookies[Cookie]!;
        }

        foreach (var wanted in request.Headers.AcceptLanguage.ToString().Split(','))
        {
            var tag = wanted.AsSpan().Trim();
            if (tag.StartsWith("vi", StringComparison.OrdinalIgnoreCase))
            {
                return "vi";
            }

            if (tag.StartsWith("en", StringComparison.OrdinalIgnoreCase))
            {
                return "en";
            }
        }

        return "en";
    }
}
