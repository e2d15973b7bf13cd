using HoiAm.Receiver.Storing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoiAm.Receiver;

/// <summary>Every receiver of the application: opened before the web server listens, stopped with it.</summary>
internal sealed class ReceiverHost(IServiceProvider services, IHostEnvironment environment, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private readonly Dictionary<string, EsmsReceiver> _receivers = new(StringComparer.OrdinalIgnoreCase);
    private bool _started;

    /// <summary>Every receiver there is.</summary>
    public IReadOnlyCollection<EsmsReceiver> All => _receivers.Values;

    /// <summary>Makes a receiver. Names that give the same folder are refused: two journals cannot share one.</summary>
    public EsmsReceiver Add(string name, EsmsReceiverOptions options, Func<EsmsCallback, CancellationToken, Task> handle)
    {
        if (_started)
        {
            throw new InvalidOperationException($"'{name}' comes too late: receivers are mapped before the application runs.");
        }

        var folder = FolderName(name);
        if (_receivers.ContainsKey(folder))
        {
            throw new InvalidOperationException($"'{name}' is taken: there is a receiver whose folder is '{folder}' already.");
        }

        options.Check();
        var store = options.Store?.Invoke(services, name)
            ?? new JournalCallbackStore(Path.Combine(environment.ContentRootPath, options.Folder, folder), options.RememberedIds);
        var receiver = new EsmsReceiver(name, options, store, handle, loggers.CreateLogger("HoiAm.Receiver"));
        _receivers.Add(folder, receiver);
        return receiver;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // A receiver for controllers comes into being when somebody asks for it: here at the latest.
        _ = services.GetService<EsmsReceiver>();
        _started = true;
        foreach (var receiver in _receivers.Values)
        {
            await receiver.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_receivers.Values.Select(r => r.StopAsync(cancellationToken))).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        foreach (var receiver in _receivers.Values)
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string FolderName(string name)
    {
        var letters = name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-');
        var folder = string.Concat(letters).Trim('-');
        return folder.Length > 0 ? folder : "root";
    }
}
