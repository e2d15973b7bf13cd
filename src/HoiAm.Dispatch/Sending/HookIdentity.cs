using System.Security.Cryptography.X509Certificates;

namespace HoiAm.Dispatch.Sending;

/// <summary>
/// How the hub shows itself to an account's hooks, and whom it believes there: a client certificate, and certificate authorities of the
/// customer's own. One object is kept for as long as the settings stay the same, since connections belong to it.
/// </summary>
/// <param name="ClientCertificate">With its private key; null for none.</param>
/// <param name="Roots">The only authorities that hooks of this account are believed by; null takes the system's.</param>
public sealed record HookIdentity(X509Certificate2? ClientCertificate, X509Certificate2Collection? Roots);
