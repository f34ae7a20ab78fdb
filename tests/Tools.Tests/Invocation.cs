using System.Text.Json;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Tests;

/// <summary>One command line run in this process, and what came out.</summary>
internal sealed record Invocation(int Code, string Out, string Error)
{
    public static Invocation Of(params string[] args) => Of([], args);

    public static Invocation Of(byte[] input, params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        using var terminal = new Terminal(output, error, new MemoryStream(input), CancellationToken.None);
        int code = CommandLine.Run(args, terminal);
        return new Invocation(code, output.ToString(), error.ToString());
    }

    /// <summary>The one object that --json printed.</summary>
    public JsonElement Json()
    {
        Assert.EndsWith("}\n", Out, StringComparison.Ordinal);
        Assert.Equal(1, Out.Count(c => c == '\n'));
        using var document = JsonDocument.Parse(Out);
        return document.RootElement.Clone();
    }
}

/// <summary>A folder that goes away behind a test.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("rcuemu-test-").FullName;

    public string File(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    public string File(string name, string text) => File(name, System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
