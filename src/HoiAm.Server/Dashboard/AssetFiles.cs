using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace HoiAm.Server.Dashboard;

/// <summary>The dashboard's own files, out of the program itself. A name carries the hash of the contents, so browsers may keep it for good.</summary>
internal sealed class AssetFiles
{
    private static readonly (string Name, string Type)[] s_files =
        [("app.css", "text/css; charset=utf-8"), ("app.js", "text/javascript; charset=utf-8"), ("icon.svg", "image/svg+xml")];

    private readonly Dictionary<string, (string Type, byte[] Plain, byte[] Packed)> _byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    public AssetFiles()
    {
        foreach (var (name, type) in s_files)
        {
            using var stream = typeof(AssetFiles).Assembly.GetManifestResourceStream("Dashboard/" + name)
                ?? throw new InvalidOperationException($"The file {name} is not in the program.");
            var plain = new byte[stream.Length];
            stream.ReadExactly(plain);
            var path = $"/assets/{Convert.ToHexStringLower(SHA256.HashData(plain))[..12]}/{name}";
            _paths[name] = path;
            _byPath[path] = (type, plain, Pack(plain));
        }
    }

    /// <summary>Where a file is served.</summary>
    public string Path(string name) => _paths[name];

    public async Task ServeAsync(HttpContext context)
    {
        if (!_byPath.TryGetValue(context.Request.Path.Value ?? "", out var file))
        {
            context.Response.StatusCode = 404;
            return;
        }

        var packed = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        var bytes = packed ? file.Packed : file.Plain;
        context.Response.ContentType = file.Type;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (packed)
        {
            context.Response.Headers.ContentEncoding = "br";
        }

        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static byte[] Pack(byte[] plain)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.Optimal))
        {
            brotli.Write(plain);
        }

        return output.ToArray();
    }
}
