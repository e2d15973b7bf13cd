using Microsoft.AspNetCore.Components;

namespace HoiAm.Server.Dashboard;

/// <summary>What every page and part has at hand.</summary>
public abstract class PageBase : ComponentBase
{
    /// <summary>The request.</summary>
    [CascadingParameter]
    public PageContext C { get; set; } = null!;

    /// <summary>A text in the reader's language.</summary>
    protected string T(string english) => C.T(english);

    /// <summary>A text with places.</summary>
    protected string T(string english, params ReadOnlySpan<object?> values) => C.T(english, values);
}
