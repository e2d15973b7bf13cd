using HoiAm.Ledger.Keeping;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger;

public sealed partial class MessageLedger
{
    /// <summary>
    /// Deletes messages that were made before a moment and have nothing under way: no row in the outbox, no callback that waits. Each goes
    /// with its recipients and every reference to it; of one with very many recipients some go first, and it goes with a later page.
    /// </summary>
    /// <param name="messageIds">Candidates; each is looked at again.</param>
    /// <param name="beforeMs">Unix milliseconds.</param>
    /// <returns>How many rows of messages and recipients went.</returns>
    public Task<int> DropMessagesAsync(IReadOnlyList<long> messageIds, long beforeMs) =>
        Submit(new FunctionCommand<int>(group => Retention.DropMessages(group, messageIds, beforeMs)));

    /// <summary>Deletes reports within a range of ids that came before a moment.</summary>
    /// <returns>How many went.</returns>
    public Task<int> DropReportsAsync(long fromId, long toId, long beforeMs) =>
        Submit(new FunctionCommand<int>(group => Retention.DropReports(group.Store.Connection, fromId, toId, beforeMs)));

    /// <summary>Deletes settled callbacks within a range of ids that were made before a moment; what is pending stays, however old.</summary>
    /// <returns>How many went.</returns>
    public Task<int> DropCallbacksAsync(long fromId, long toId, long beforeMs) =>
        Submit(new FunctionCommand<int>(group => Retention.DropCallbacks(group.Store.Connection, fromId, toId, beforeMs)));

    /// <summary>Deletes parked reports that came before a moment.</summary>
    /// <returns>How many went.</returns>
    public Task<int> DropOrphansAsync(IReadOnlyList<long> orphanIds, long beforeMs) =>
        Submit(new FunctionCommand<int>(group => Retention.DropOrphans(group, orphanIds, beforeMs)));

    /// <summary>Masks the texts of messages that no route needs any more; the others are noted, to be looked at again.</summary>
    /// <param name="messageIds">Messages that were entered by a send call.</param>
    /// <param name="cursor">Up to where messages have been looked at; kept in the same transaction. Null leaves it.</param>
    /// <returns>How many were masked.</returns>
    public Task<int> MaskTextsAsync(IReadOnlyList<long> messageIds, long? cursor) =>
        Submit(new FunctionCommand<int>(group => Masking.Mask(group, messageIds, cursor)));

    /// <summary>
    /// Takes a person's addresses out of one message: recipient, reports as received, settled callbacks with their tries, ids that hold the
    /// number, references. A message with something under way is left as it is.
    /// </summary>
    public Task<ErasedMessage> EraseAsync(long messageId, ErasureOrder order) =>
        Submit(new FunctionCommand<ErasedMessage>(group => Erasure.Erase(group, messageId, order)));
}
