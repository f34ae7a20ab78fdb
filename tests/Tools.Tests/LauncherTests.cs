using System.Diagnostics;
using RcuEmu.Tools.Shell;

namespace RcuEmu.Tools.Tests;

/// <summary>The scripts in the repository's root, as processes of their own.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_launcher_works_from_any_folder_and_through_a_link()
    {
        string link = Path.Combine(_scratch.Folder, "rcuemu");
        File.CreateSymbolicLink(link, Launcher());
        Invocation version = Run(link, "--version");
        Assert.Equal((ExitCode.Holds, ""), (version.Code, version.Error));
        Assert.Equal(VersionAction.Line + "\n", version.Out);
    }

    [Fact]
    public void The_launcher_passes_arguments_and_exit_codes_on()
    {
        Invocation usage = Run(Launcher(), "run", "--blob", "a file");
        Assert.Equal((ExitCode.Usage, ""), (usage.Code, usage.Out));
        Assert.Equal("rcuemu: --blob needs --arch arm64|x86-64; see 'rcuemu run --help'\n", usage.Error);
    }

    [Fact]
    public void A_schedule_replays_in_another_process()
    {
        string file = Path.Combine(Repository.Root, "tests", "scenarios", "arm64", "free-without-tasks-rcu.yaml");
        string schedule = Invocation.Of("explore", file, "--json").Json().GetProperty("schedule").GetString()!;
        Invocation replay = Run(Launcher(), "run", file, "--schedule", schedule);
        Assert.Equal((ExitCode.Violated, ""), (replay.Code, replay.Error));
        Assert.Contains("\nviolated no-freed-text: ", replay.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_test_runner_refuses_options_that_it_does_not_know()
    {
        Invocation run = Run(Path.Combine(Repository.Root, "test"), "--frobnicate");
        Assert.Equal(2, run.Code);
        Assert.Contains("--all", run.Error, StringComparison.Ordinal);
    }

    // A launcher that would build here would build while other tests run.
    private static string Launcher()
    {
        string dll = typeof(CommandLine).Assembly.Location, stamp = Path.Combine(Repository.Root, "tools/bin/Release/net10.0/.built");
        if (!File.Exists(stamp) || File.GetLastWriteTimeUtc(stamp) < File.GetLastWriteTimeUtc(dll) - TimeSpan.FromHours(1))
            Assert.Skip("the launcher has not built the command; install it by running ./rcuemu or ./test");

        return Path.Combine(Repository.Root, "rcuemu");
    }

    private Invocation Run(string program, params string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _scratch.Folder,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Invocation(process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
