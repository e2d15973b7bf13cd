namespace HoiAm.Receiver;

/// <summary>Takes callbacks, one at a time for each message, in the order in which they arrived.</summary>
public interface IEsmsCallbackHandler
{
    /// <summary>
    /// Takes one callback. Returning means that it is done and will not come again; throwing means that it is tried again later.
    /// </summary>
    /// <param name="callback">The callback.</param>
    /// <param name="cancellationToken">Ends when the process has no more time.</param>
    Task HandleAsync(EsmsCallback callback, CancellationToken cancellationToken);
}
