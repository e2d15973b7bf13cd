using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Json;

/// <summary>JSON answers of the admin API, and errors as RFC 9457 problem details.</summary>
internal static class Answers
{
    /// <summary>camelCase, enumerations as words, Vietnamese unescaped.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static IResult Ok(object value) => Results.Json(value, Json);

    public static IResult Created(object value) => Results.Json(value, Json, statusCode: StatusCodes.Status201Created);

    public static IResult Problem(int status, string title, string detail, IReadOnlyDictionary<string, List<string>>? errors = null) =>
        Results.Json(
            new ProblemBody("about:blank", title, status, detail, errors), Json, contentType: "application/problem+json", statusCode: status);

    public static IResult Invalid(IReadOnlyDictionary<string, List<string>> faults) => Problem(
        StatusCodes.Status400BadRequest,
        "The request is not valid.",
        string.Join("; ", faults.Select(f => $"{f.Key} {string.Join(", ", f.Value.Select(v => v.TrimEnd('.')))}")) + ".",
        faults);

    public static IResult Invalid(string member, string what) => Invalid(new Dictionary<string, List<string>> { [member] = [what] });

    public static IResult NotFound(string what) => Problem(StatusCodes.Status404NotFound, "Not found.", what);

    public static IResult Conflict(string what) => Problem(StatusCodes.Status409Conflict, "Conflict.", what);

    public static IResult Unavailable(HttpContext context, string why)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problem(StatusCodes.Status503ServiceUnavailable, "The store takes no writes now.", why);
    }

    /// <summary>Unix milliseconds as RFC 3339 text; null for 0.</summary>
    public static string? Time(long ms) => ms <= 0 ? null : Time(DateTimeOffset.FromUnixTimeMilliseconds(ms));

    /// <summary>RFC 3339 text in UTC with milliseconds.</summary>
    public static string Time(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private sealed record ProblemBody(
        string Type,
        string Title,
        int Status,
        string Detail,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, List<string>>? Errors);
}
