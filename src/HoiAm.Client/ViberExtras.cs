namespace HoiAm.Client;

/// <summary>What a Viber message may show beside its text.</summary>
/// <param name="ImageUrl">Picture.</param>
/// <param name="ButtonUrl">Where the button leads.</param>
/// <param name="ButtonLabel">What is on it.</param>
public sealed record ViberExtras(string? ImageUrl = null, string? ButtonUrl = null, string? ButtonLabel = null);
