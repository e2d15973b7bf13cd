using HoiAm.Server.Dashboard.Parts;
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

    /// <summary>For <c>aria-invalid</c>: "true" when the API refused the field, else nothing. The API's name of the field.</summary>
    protected string? Bad(string member) => FieldFault.Of(C, member).Count > 0 ? "true" : null;

    /// <summary>
    /// What a field shows. What was typed goes before what is set, so that a refusal costs nobody the other fields; a secret's field has
    /// no value, since a secret never goes back.
    /// </summary>
    protected string? Value(string name, string? set = null) => C.Form is { } form ? form[name].ToString() : set;

    /// <summary>The same for a box: a form that came in without it came with the box empty.</summary>
    protected bool Checked(string name, bool set = false) => C.Form is { } form ? form[name] == "true" : set;

    /// <summary>A list as a field shows it, one a line.</summary>
    protected static string Lines(IEnumerable<string?> lines) => string.Join('\n', lines);
}
