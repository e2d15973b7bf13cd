namespace HoiAm.Faults.Load;

/// <summary>
/// What a message is by the contract (design section 3, protocol F.3), written once more and independently of the ledger's code: the first
/// final state of a receiver stands, nothing goes back, the message follows its receivers.
/// </summary>
internal sealed class MessageModel(int recipients, IReadOnlySet<int> pushes)
{
    public const string Accepted = "accepted";

    private static readonly string[] s_order = [Accepted, "pendingApproval", "waiting"];
    private readonly string[] _states = [.. Enumerable.Repeat(Accepted, recipients)];
    private string _message = Accepted;

    public IReadOnlyList<string> States => _states;

    /// <summary>SendStatus of each callback that must have been made, in order.</summary>
    public List<int> Callbacks { get; } = [];

    public bool IsFinal => _states.All(IsEnd);

    public int SendStatus => IsFinal ? (_states.All(s => s == "rejected") ? 4 : 5) : _message == "pendingApproval" ? 1 : 2;

    public void Apply(int recipient, int status)
    {
        var target = status switch { 0 => "pendingApproval", 1 => "waiting", 2 => "delivered", -1 => "rejected", -2 => "failed", _ => "expired" };
        var state = _states[recipient];
        if (IsEnd(state))
        {
            return;
        }

        if (!IsEnd(target) && Array.IndexOf(s_order, target) <= Array.IndexOf(s_order, state))
        {
            return;
        }

        _states[recipient] = target;
        var before = _message;
        if (IsFinal)
        {
            _message = "final";
        }
        else if (!IsEnd(target) && Array.IndexOf(s_order, target) > Array.IndexOf(s_order, _message))
        {
            _message = target;
        }

        if (_message != before && pushes.Contains(SendStatus))
        {
            Callbacks.Add(SendStatus);
        }
    }

    private static bool IsEnd(string state) => state is "delivered" or "rejected" or "failed" or "expired";
}
