using HoiAm.Faults.Hub;
using HoiAm.Faults.Injecting;

namespace HoiAm.Faults.Cluster;

/// <summary>One of several hubs on one database: its process, its way there, its own clock and names.</summary>
internal sealed class Node : IAsyncDisposable
{
    public Node(int index, Scratch scratch, string library, int databasePort, string connectionString)
    {
        Index = index;
        var number = index.ToString(CultureInfo.InvariantCulture);
        Control = new ControlPage(scratch.File("control-" + number));
        Link = new Link(databasePort);
        var data = scratch.File("data-" + number);
        Hub = new HubUnderTest(
            data,
            new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = library,
                ["HOIAM_SHIM_FOLDER"] = data,
                ["HOIAM_SHIM_CONTROL"] = Control.FilePath,
            },
            "--no-sandbox",
            "--postgres",
            string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Link.Port};{connectionString}"));
        Api = new HubApi(Hub.Url);
    }

    public int Index { get; }

    public HubUnderTest Hub { get; }

    public Link Link { get; }

    public ControlPage Control { get; }

    /// <summary>Speaks to this node only.</summary>
    public HubApi Api { get; }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync().ConfigureAwait(false);
        await Link.DisposeAsync().ConfigureAwait(false);
        Api.Dispose();
        Control.Dispose();
    }
}
