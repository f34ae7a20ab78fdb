using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace RcuEmu.Trampolines.Tests.Loading;

/// <summary>
/// A package client of four shell scripts in front of a folder of packages: what the real one would answer, without a network. A
/// package is a tar file here; its list is one stanza a package.
/// </summary>
internal sealed class FakeArchive : IDisposable
{
    private const string AptGet = """
        #!/bin/sh
        here=$(dirname "$0")
        case " $* " in
        *" --print-uris "*)
            echo "'https://mirror.invalid/other/dists/trixie/InRelease' a 0"
            echo "'https://mirror.invalid/debian/dists/trixie/InRelease' b 0"
            echo "'https://mirror.invalid/debian/dists/trixie-updates/InRelease' c 0"
            echo "'https://mirror.invalid/debian-security/dists/trixie-security/InRelease' d 0" ;;
        *" update "*)
            cp "$APT_CONFIG" "$here/used.conf"
            grep -h ^deb "${APT_CONFIG%/*}/one.list" >> "$here/asked"
            grep -q "mirror.invalid/debian[^ ]* trixie" "${APT_CONFIG%/*}/one.list" || { echo "E: no such suite" >&2; exit 100; } ;;
        *" download "*)
            for package in "$@"; do :; done
            echo "$package $(ls | tr '\n' ' ')" >> "$here/downloads"
            [ -e "$here/cut" ] && { echo half > "${package}_1_all.deb"; echo "E: connection lost" >&2; exit 100; }
            cp "$here/$package.tar" "${package}_1_all.deb" ;;
        esac
        """;

    private const string AptCache = """
        #!/bin/sh
        here=$(dirname "$0")
        for last in "$@"; do :; done
        case " $* " in
        *" pkgnames "*) ls "$here" | sed -n "s/^\($last.*\)\.stanza$/\1/p" ;;
        *" show "*) cat "$here/$last.stanza" 2>/dev/null ;;
        *" madison "*) echo " $last | 9-1 | https://mirror.invalid/debian trixie/main amd64 Packages" ;;
        esac
        exit 0
        """;

    private const string AptConfig = """
        #!/bin/sh
        echo 'Acquire::http::Proxy "http://proxy.invalid:1";'
        echo 'Acquire::Languages "all";'
        echo 'APT::Update::Post-Invoke:: "rm -f /var/cache/apt/archives/*.deb";'
        """;

    private const string DpkgDeb = """
        #!/bin/sh
        cat "$2"
        """;

    public FakeArchive()
    {
        if (!File.Exists("/bin/sh"))
            Assert.Skip("no /bin/sh here");

        foreach ((string name, string script) in (ReadOnlySpan<(string, string)>)
            [("apt-get", AptGet), ("apt-cache", AptCache), ("apt-config", AptConfig), ("dpkg-deb", DpkgDeb)])
        {
            File.WriteAllText(In(name), script + "\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(In(name), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        }

        File.WriteAllText(In("keyring"), "keys");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("rcuemu-archive-").FullName;

    public string SearchPath => $"{Folder}:/usr/bin:/bin";

    public string CacheRoot => In("cache/kernels");

    public string In(string name) => Path.Combine(Folder, name);

    /// <summary>Adds a package with files.</summary>
    public void Add(string package, params (string Path, string Text)[] files)
    {
        using (var tar = new TarWriter(File.Create(In(package + ".tar"))))
        {
            foreach ((string path, string text) in files)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }

        string sum = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(In(package + ".tar"))));
        File.WriteAllText(In(package + ".stanza"), $"Package: {package}\nVersion: 9-1\nFilename: pool/x.deb\nSize: 1500000\nSHA256: {sum}\nDescription: a\n b: c\n\nPackage: older\n");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
