namespace HoiAm.Protocols.EsmsApi;

/// <summary>
/// Reads a multipart form: PHP's curl sends one whenever it is given an array, so it arrives on the form endpoint. Files are ignored.
/// </summary>
internal static class MultipartForm
{
    /// <summary>The fields; null when the text is no multipart form.</summary>
    public static EsmsFields? Read(string text, string? contentType)
    {
        // The body's own first line is the boundary; the content type only has to say that it is a form.
        var lineEnd = text.IndexOf('\n', StringComparison.Ordinal);
        if (lineEnd < 0 || contentType?.Contains("multipart/", StringComparison.OrdinalIgnoreCase) == false)
        {
            return null;
        }

        var boundary = text[..lineEnd].TrimEnd();
        var fields = new EsmsFields();
        foreach (var part in text.Split(boundary, StringSplitOptions.RemoveEmptyEntries))
        {
            var body = part.Replace("\r\n", "\n", StringComparison.Ordinal);
            var headEnd = body.IndexOf("\n\n", StringComparison.Ordinal);
            if (headEnd >= 0 && Parameter(body[..headEnd], "name=\"") is { } name && Parameter(body[..headEnd], "filename=\"") is null)
            {
                var value = body[(headEnd + 2)..];
                fields.Set(name, ScalarNode.Of(value.EndsWith('\n') ? value[..^1] : value));
            }
        }

        return fields.Count > 0 ? fields : null;
    }

    private static string? Parameter(string head, string mark)
    {
        // " name" must not be found inside "filename".
        var start = head.IndexOf(" " + mark, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return null;
        }

        start += mark.Length + 1;
        var end = head.IndexOf('"', start);
        return end > start ? head[start..end] : null;
    }
}
