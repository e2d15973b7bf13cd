namespace HoiAm.Server.Alerting;

/// <summary>Something that is well or not, and what is said when that changes.</summary>
/// <param name="Key">Names it in the store: a kind, a slash, and what it is about.</param>
/// <param name="IsBad">How it is now; null when that cannot be said, and what was told stands.</param>
/// <param name="Begun">Type of the event that tells that it is bad.</param>
/// <param name="Over">Type of the event that tells that it is well again.</param>
/// <param name="Sentence">What is so now, for people.</param>
/// <param name="Data">The same for programs.</param>
internal sealed record AlertCondition(string Key, bool? IsBad, string Begun, string Over, string Sentence, object Data);

/// <summary>What is to be sent.</summary>
/// <param name="Type">For example <c>hook.failing</c>.</param>
/// <param name="Sentence">For people.</param>
/// <param name="Data">For programs.</param>
internal sealed record Alert(string Type, string Sentence, object Data);
