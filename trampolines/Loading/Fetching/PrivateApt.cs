using System.Text;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>
/// The machine's apt with state, cache, configuration and sources of its own in one folder, so that the machine's package lists
/// and settings stay as they are. Signatures are checked against the distribution's keyring; the archives' addresses come from the
/// machine's own sources.
/// </summary>
internal sealed class PrivateApt
{
    private static readonly string[] KeyringFiles =
        ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];

    /// <summary>Settings of the machine that say how to reach an archive; no other may act here (update hooks clear the machine's cache).</summary>
    private static readonly string[] TransportSettings =
        ["http", "https", "socks", "tor", "Retries", "ForceIPv4", "ForceIPv6", "Check-Date", "Check-Valid-Until", "Max-ValidTime"];

    private readonly HostTool _host;
    private readonly string _folder;
    private readonly string _arch;
    private readonly string _keyring;
    private readonly ArchiveAddresses _archives;

    public PrivateApt(HostTool host, string folder, string arch, string? keyring = null)
    {
        _host = host;
        _folder = folder;
        _arch = arch;
        _keyring = keyring ?? KeyringFiles.FirstOrDefault(File.Exists) ??
            throw new UserErrorException("no distribution keyring here: install the package debian-archive-keyring");
        foreach (string sub in (string[])["lists/partial", "own-lists/partial", "cache/archives/partial", "parts"])
            Directory.CreateDirectory(Path.Combine(folder, sub));
        File.WriteAllText(In("status"), "");
        File.WriteAllText(In("apt.conf"), Configuration());
        File.WriteAllText(In("all.list"), "");
        _archives = ReadArchives();
    }

    /// <summary>Adds the package list of a suite. Null when it could be read, else why not.</summary>
    public string? AddSuite(string suite)
    {
        IReadOnlyList<string> addresses = _archives.For(suite);
        string reason = "no such archive among this machine's apt sources";
        foreach (string address in addresses)
        {
            string line = $"deb [signed-by={_keyring} arch={_arch}] {address} {suite} main\n";
            File.WriteAllText(In("one.list"), line);
            HostAnswer answer = Apt("apt-get", "one.list", ["-qq", "-o", "APT::Update::Error-Mode=any", "update"]);
            if (answer.ExitCode == 0)
            {
                File.AppendAllText(In("all.list"), line);
                return null;
            }

            reason = answer.Reason;
        }

        return reason;
    }

    /// <summary>The names of known packages that begin so.</summary>
    public IEnumerable<string> PackageNames(string prefix) =>
        Apt("apt-cache", "all.list", ["pkgnames", prefix]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The fields of a package's newest version, or null where there is no such package.</summary>
    public IReadOnlyDictionary<string, string>? Describe(string package)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in Apt("apt-cache", "all.list", ["show", "--no-all-versions", package]).Output.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line.Length == 0 && fields.Count > 0)
                break;
            if (colon > 0 && line[0] != ' ')
                fields[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return fields.ContainsKey("Filename") && fields.ContainsKey("SHA256") ? fields : null;
    }

    /// <summary>The suite that a version of a package comes from, or a question mark.</summary>
    public string SuiteOf(string package, string version)
    {
        foreach (string line in Apt("apt-cache", "all.list", ["madison", package]).Output.Split('\n'))
        {
            string[] columns = [.. line.Split('|').Select(column => column.Trim())];
            if (columns.Length == 3 && columns[1] == version && columns[2].Split(' ') is [_, { } suite, ..])
                return suite.EndsWith("/main", StringComparison.Ordinal) ? suite[..^"/main".Length] : suite;
        }

        return "?";
    }

    /// <summary>Downloads a package into a folder, going on with what an earlier attempt left there.</summary>
    public void Download(string package, string folder)
    {
        HostAnswer answer = Apt("apt-get", "all.list", ["-qq", "download", package], folder);
        if (answer.ExitCode != 0)
            throw new UserErrorException($"download of {package} failed: {answer.Reason} (the same command again goes on from here)");
    }

    private HostAnswer Apt(string program, string sources, string[] arguments, string? folder = null) =>
        _host.Run(program, ["-o", $"Dir::Etc::sourcelist={In(sources)}", .. arguments], In("apt.conf"), folder ?? _folder);

    private ArchiveAddresses ReadArchives()
    {
        HostAnswer answer = _host.Run("apt-get", ["-o", $"Dir::State::Lists={In("own-lists")}", "--print-uris", "update"]);
        var archives = ArchiveAddresses.Parse(answer.Output);
        return archives.IsEmpty ? throw new UserErrorException($"this machine's apt sources name no archive: {answer.Reason}") : archives;
    }

    private string Configuration()
    {
        var text = new StringBuilder();
        foreach (string line in _host.Run("apt-config", ["dump"]).Output.Split('\n'))
        {
            string name = line.Split(' ')[0];
            if (name.Split("::") is ["Acquire", { } setting, ..] && TransportSettings.Contains(setting, StringComparer.OrdinalIgnoreCase))
                text.Append(line).Append('\n');
        }

        text.Append($$"""
            APT::Architecture "{{_arch}}";
            APT::Architectures { "{{_arch}}"; };
            APT::Sandbox::User "root";
            APT::Get::AllowUnauthenticated "false";
            APT::Get::List-Cleanup "false";
            Acquire::AllowInsecureRepositories "false";
            Acquire::AllowWeakRepositories "false";
            Acquire::AllowDowngradeToInsecureRepositories "false";
            Acquire::Languages "none";
            Acquire::PDiffs "false";
            Dir::State "{{_folder}}";
            Dir::State::Lists "{{In("lists")}}";
            Dir::State::status "{{In("status")}}";
            Dir::Cache "{{In("cache")}}";
            Dir::Etc::main "/dev/null";
            Dir::Etc::parts "{{In("parts")}}";
            Dir::Etc::sourceparts "/dev/null";
            Dir::Etc::preferences "/dev/null";
            Dir::Etc::preferencesparts "/dev/null";

            """);
        return text.ToString();
    }

    private string In(string name) => Path.Combine(_folder, name);
}
