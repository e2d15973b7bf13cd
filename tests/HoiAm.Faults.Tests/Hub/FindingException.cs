namespace HoiAm.Faults.Hub;

/// <summary>The hub broke a promise in a way that makes going on pointless.</summary>
internal sealed class FindingException : Exception
{
    public FindingException()
    {
    }

    public FindingException(string message)
        : base(message)
    {
    }

    public FindingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
