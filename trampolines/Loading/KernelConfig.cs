namespace RcuEmu.Trampolines.Loading;

/// <summary>The build configuration of a kernel: the lines of its <c>.config</c>.</summary>
public sealed class KernelConfig
{
    private const long LargestFile = 4 << 20;
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);

    private KernelConfig()
    {
    }

    /// <summary>How many options the file names, set or not.</summary>
    public int Count => _options.Count;

    /// <summary>An option's value (<c>y</c>, <c>m</c>, a number, a text without its quotes), or null where it is not set. With or without <c>CONFIG_</c>.</summary>
    public string? this[string option] =>
        _options.TryGetValue(WithoutPrefix(option), out string? value) && value != "n" ? value : null;

    /// <summary>Whether the option is built in (<c>y</c>). With or without <c>CONFIG_</c>.</summary>
    public bool IsSet(string option) => this[option] == "y";

    /// <summary>Reads a file. A line that is neither an option, a comment nor empty is a user error.</summary>
    public static KernelConfig Load(string path) => Parse(path, System.Text.Encoding.UTF8.GetString(InputBytes.FromFile(path, LargestFile).Span));

    /// <summary>Reads the text of a file; <paramref name="fileName"/> is for messages.</summary>
    public static KernelConfig Parse(string fileName, string text)
    {
        const string NotSet = " is not set";
        var config = new KernelConfig();
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> rest = line.Trim();
            if (rest.StartsWith("# CONFIG_") && rest.EndsWith(NotSet))
            {
                config._options[WithoutPrefix(rest[2..^NotSet.Length].ToString())] = "n";
            }
            else if (!rest.IsEmpty && rest[0] != '#')
            {
                int equals = rest.IndexOf('=');
                if (equals < 0 || !rest.StartsWith("CONFIG_"))
                    throw new Isa.UserErrorException($"{fileName}:{number}:1: not a line of a kernel configuration (CONFIG_NAME=value)");

                config._options[WithoutPrefix(rest[..equals].ToString())] = rest[(equals + 1)..].Trim('"').ToString();
            }
        }

        return config;
    }

    private static string WithoutPrefix(string option) =>
        option.StartsWith("CONFIG_", StringComparison.Ordinal) ? option["CONFIG_".Length..] : option;
}
