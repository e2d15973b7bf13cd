namespace HoiAm.Faults.Load;

/// <summary>One report that a vendor will send.</summary>
/// <param name="Recipient">Index of the receiver that it is about.</param>
/// <param name="Status">The vendor's number.</param>
/// <param name="Body">The exact text.</param>
internal sealed record ReportStep(int Recipient, int Status, string Body);

/// <summary>
/// One message and everything that its vendor will say about it, in this order and each insisted on before the next: so its end is known
/// beforehand, whatever happens to the hub meanwhile.
/// </summary>
internal sealed class MessagePlan
{
    public required int Index { get; init; }

    public required string SmsId { get; init; }

    /// <summary>The registration, as the admin API takes it.</summary>
    public required string Registration { get; init; }

    public required string VendorKey { get; init; }

    /// <summary>Which of the farm's hooks gets its callbacks.</summary>
    public required int Hook { get; init; }

    public required int Recipients { get; init; }

    /// <summary>SendStatus values that its account wants to hear of.</summary>
    public required IReadOnlySet<int> Pushes { get; init; }

    public required IReadOnlyList<ReportStep> Reports { get; init; }

    /// <summary>It is registered before the report with this number; earlier ones find no message yet.</summary>
    public required int RegisterAfter { get; init; }

    /// <summary>The first report of each receiver and status: those that leave a trace. The others are repeats and cause nothing.</summary>
    public IEnumerable<int> Lasting()
    {
        var seen = new HashSet<(int, int)>();
        for (var i = 0; i < Reports.Count; i++)
        {
            if (seen.Add((Reports[i].Recipient, Reports[i].Status)))
            {
                yield return i;
            }
        }
    }

    /// <summary>What the message must look like after its first <paramref name="reports"/> reports.</summary>
    public MessageModel After(int reports)
    {
        var model = new MessageModel(Recipients, Pushes);
        foreach (var step in Reports.Take(reports))
        {
            model.Apply(step.Recipient, step.Status);
        }

        return model;
    }
}
