using System.Data.Common;
using HoiAm.Ledger.Writing;

namespace HoiAm.Ledger;

/// <summary>What the hub tells its own operator.</summary>
public sealed partial class MessageLedger
{
    /// <summary>
    /// Makes a write and enters the callbacks that follow from it, which are the hub's own and no account's: in one transaction, so that what
    /// was noted as told is told. Gives how many there were.
    /// </summary>
    public Task<int> EmitOwnAsync(Func<DbConnection, IReadOnlyList<OwnCallback>> write) => Submit(new FunctionCommand<int>(group =>
    {
        var callbacks = write(group.Store.Connection);
        foreach (var callback in callbacks)
        {
            CallbackEmitter.EmitOwn(group, callback);
        }

        return callbacks.Count;
    }));
}
