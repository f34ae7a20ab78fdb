using System.Diagnostics;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>What a program of this machine answered.</summary>
internal sealed record HostAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>The line that says what went wrong: apt's first error line, else the last line of all.</summary>
    public string Reason
    {
        get
        {
            string[] lines = (Errors + "\n" + Output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string? line = lines.FirstOrDefault(one => one.StartsWith("E:", StringComparison.Ordinal)) ?? lines.LastOrDefault();
            return line ?? $"exit code {ExitCode}, without a word";
        }
    }
}

/// <summary>Runs the programs of this machine's package client. Messages are asked for in English (LC_ALL=C).</summary>
internal sealed class HostTool(string searchPath)
{
    /// <summary>Fails with one line when a program is missing.</summary>
    public void Require(params string[] programs)
    {
        foreach (string program in programs)
        {
            if (Find(program) is null)
                throw new UserErrorException($"'{program}' is missing: fetching kernels needs the package client of a Debian machine; elsewhere give the path of a vmlinuz");
        }
    }

    /// <summary>Runs a program to its end and gives what it printed.</summary>
    public HostAnswer Run(string program, IEnumerable<string> arguments, string? aptConfig = null, string? folder = null)
    {
        using Process process = Start(program, arguments, aptConfig, folder);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new HostAnswer(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>Runs a program and gives its output as a stream to <paramref name="read"/>, which may stop early.</summary>
    public HostAnswer Stream(string program, IEnumerable<string> arguments, Action<Stream> read)
    {
        using Process process = Start(program, arguments, null, null);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            read(process.StandardOutput.BaseStream);
            process.StandardOutput.BaseStream.CopyTo(System.IO.Stream.Null);
        }
        finally
        {
            process.StandardOutput.Close(); // a program that still writes ends now
            process.WaitForExit();
        }

        return new HostAnswer(process.ExitCode, "", errors.GetAwaiter().GetResult());
    }

    private Process Start(string program, IEnumerable<string> arguments, string? aptConfig, string? folder)
    {
        string path = Find(program) ?? throw new UserErrorException($"'{program}' is missing");
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["PATH"] = searchPath;
        if (aptConfig is not null)
            start.Environment["APT_CONFIG"] = aptConfig;
        Process process = Process.Start(start)!;
        process.StandardInput.Close(); // nothing of this may ask
        return process;
    }

    private string? Find(string program) =>
        searchPath.Split(':').Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
