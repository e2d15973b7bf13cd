namespace HoiAm.Tidy.Tests.Configuration;

/// <summary>The prose between the tables of docs/configuration.md.</summary>
internal static class ConfigurationTexts
{
    public const string Head = """
        # Configuration

        Every setting, made from the types and the readers that hold them (`tests/HoiAm.Tidy.Tests/Configuration/ConfigurationPage.cs`); a test fails when this page is
        behind. What each means in practice is in [operating.md](operating.md).

        ## Options of `hoiam serve`

        The command line goes before the environment, that before `--config FILE`, that before the default. A file is one JSON object; its names
        are those of the options without the dashes before them, and dashes, underscores and case do not matter (`adminToken`, `admin-token`). A flag takes
        `true`, `1`, `false` or `0` there. An option given twice counts as given last. `--config FILE` itself is only an option of the command line.
        Unusable values are refused at the start with one sentence and exit code 2.

        """;

    public const string OtherCommands = """

        `ASPNETCORE_URLS` counts as `HOIAM_URLS`, and the last of the two wins.

        ## The other commands

        | Environment | In place of | Default | Meaning |
        |---|---|---|---|
        | `HOIAM_URL` | `--url` | `http://127.0.0.1:8620` | where the hub is |
        | `HOIAM_TOKEN` | `--token` | `sandbox-admin` | who asks |
        | `LC_ALL`, `LC_MESSAGES`, `LANG` | `--lang` | `en` | language in which `decode` and `listen` explain: a value that begins with `vi` means Vietnamese |
        | `NO_COLOR` | | | any value: tables without colours |

        """;

    public const string Accounts = """

        ## An account

        `PUT /admin/v1/accounts/{id}`. An absent member keeps its value, `null` takes it back to the default. Lengths of time are written `hh:mm:ss`, with
        days before a point (`3.00:00:00`). `apiKey` and `secretKey`, 8 to 128 characters, are required when the account is new: they are its first key
        pair. Secrets are stored sealed and never shown again. A dash is: nothing, or what the hub or the preset has.

        """;

    public const string Sending = """

        ## What an account sends through

        `PUT /admin/v1/accounts/{id}/sending`; the catalogue itself (brand names, Official Accounts, templates, prices) is in
        [operating.md](operating.md#sending).

        """;

    public const string Vendors = """

        ## A vendor

        `PUT /admin/v1/vendors/{id}`, with `apiKey`, 8 to 128 characters, when the vendor is new.

        """;
}
