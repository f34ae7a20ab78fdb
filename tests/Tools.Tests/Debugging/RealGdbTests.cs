using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using RcuEmu.Emulator.Debugging;
using RcuEmu.Tools.Debugging;
using RcuEmu.Tools.Debugging.Gdb;

namespace RcuEmu.Tools.Tests.Debugging;

/// <summary>The real gdb, in batch mode, against the stub in this process.</summary>
public sealed class RealGdbTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("x86-64", "rip", "rax")]
    [InlineData("arm64", "pc", "x0")]
    public void Gdb_attaches_steps_both_ways_breaks_watches_reads_writes_lists_monitors_and_comes_back(string architecture, string pc, string register)
    {
        string output = Gdb(Sessions.Of($"{architecture}/free-without-tasks-rcu"), $"""
            info threads
            echo [stepi]\n
            stepi
            echo [back]\n
            reverse-stepi
            reverse-stepi
            echo [break]\n
            break traced
            continue
            echo [write]\n
            set var ${register} = 0x1234
            print/x ${register}
            set var *(int *)&probe = 0x5678
            print/x *(int *)&probe
            x/i ${pc}
            echo [monitor]\n
            monitor info tasks
            monitor timeline
            echo [again]\n
            detach
            target remote HERE
            print/x ${register}
            nexti
            info registers {pc}
            finish
            """);

        Assert.Contains("\"core0 worker\" (preempt=0 irq=on [worker.main])", output, StringComparison.Ordinal);
        Assert.Contains("\"core1 updater\" (preempt=0 irq=on [next: ops-init])", output, StringComparison.Ordinal);
        Assert.Contains("No more reverse-execution history", Between(output, "[back]", "[break]"), StringComparison.Ordinal);
        Assert.Matches("hit Breakpoint 1, 0x[0-9a-f]+ in traced", Between(output, "[break]", "[write]"));
        Assert.Contains("$1 = 0x1234", output, StringComparison.Ordinal);
        Assert.Contains("$2 = 0x5678", output, StringComparison.Ordinal);
        Assert.Contains("pid  task ", output, StringComparison.Ordinal);
        Assert.Contains("$3 = 0x1234", Between(output, "[again]", null), StringComparison.Ordinal);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
    }

    // The shortest witness of each: the last store to the callsite (x86-64) or the literal (arm64) is the updater's, on core 1.
    [Theory]
    [InlineData("x86-64", "int", 0)]
    [InlineData("arm64", "long", 8)]
    public void From_a_violation_back_to_the_store_that_patched_the_callsite_on_the_other_core(string architecture, string type, ulong before)
    {
        DebugSession session = Sessions.AtViolation($"{architecture}/free-without-tasks-rcu");
        string callsite = $"*({type} *)0x{session.Model.Find("traced")!.Value - before:x}";
        string output = Gdb(session, $"""
            thread 1
            watch {callsite}
            reverse-continue
            info threads
            stepi
            reverse-stepi
            monitor trace 1
            """);

        Assert.Contains("[Switching to Thread 2]", output, StringComparison.Ordinal);
        Assert.Contains($"\"core1 updater\" hit Hardware watchpoint 1: {callsite}", output, StringComparison.Ordinal);
        Assert.Matches(@"\* 2 +Thread 2", output);
    }

    [Fact]
    public void Gdb_knows_names_and_instructions_of_a_kernel_function()
    {
        string image = KernelVerbTests.Image("amd64/6.12");
        using var model = new KernelModel.Debugging.ImageDebugModel(
            RcuEmu.Trampolines.Loading.KernelImage.Load(RcuEmu.Trampolines.Loading.KernelCache.Default.Resolve(image)), "strlen",
            [KeyValuePair.Create("rdi", 0xffff888000100000UL)]);
        string output = Gdb(new DebugSession(model.Rebuild()), """
            x/2i $rip
            break *0xffffffffdead0000
            nexti 3
            info symbol $rip
            """);
        Assert.Contains("<strlen>", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_gdb_is_refused_and_a_vanished_one_does_not_end_the_machine()
    {
        using var shell = new DebugShell(Sessions.Of("x86-64/free-without-tasks-rcu"), new Paint(false), TextWriter.Null);
        using var server = new GdbServer(new GdbStub(shell), IPAddress.Loopback, 0);
        using var stop = new CancellationTokenSource();
        Task running = Task.Run(() => server.Run(once: false, stop.Token), TestContext.Current.CancellationToken);
        using (var first = new TcpClient())
        {
            first.Connect(server.Place);
            Assert.Equal("+$1#31", Ask(first, "$qAttached#8f", 6));
            using var second = new TcpClient();
            second.Connect(server.Place);
            Assert.StartsWith("$E.another gdb is connected", Ask(second, "", 27), StringComparison.Ordinal);
            Assert.Equal("+$QC1#c5", Ask(first, "$qC#b4", 8));
        }

        using (var third = new TcpClient())
        {
            third.Connect(server.Place);
            Assert.Equal("+$1#31", Ask(third, "$qAttached#8f", 6));
            Assert.Equal("-", Ask(third, "$qAttached#00", 1));
            Ask(third, "$k#6b", 1);
        }

        await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static string Ask(TcpClient client, string packet, int bytes)
    {
        client.ReceiveTimeout = 10_000;
        client.Client.Send(Encoding.Latin1.GetBytes(packet));
        byte[] answer = new byte[bytes];
        client.GetStream().ReadExactly(answer);
        return Encoding.Latin1.GetString(answer);
    }

    private static string Between(string text, string from, string? to)
    {
        int start = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(start >= 0, text);
        return to is null ? text[start..] : text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }

    // HERE in a script is where the stub listens.
    private string Gdb(DebugSession session, string script)
    {
        using var shell = new DebugShell(session, new Paint(false), TextWriter.Null);
        using var server = new GdbServer(new GdbStub(shell), IPAddress.Loopback, 0);
        using var stop = new CancellationTokenSource();
        Task running = Task.Run(() => server.Run(once: false, stop.Token), TestContext.Current.CancellationToken);
        string symbols = _scratch.File("symbols.elf", SymbolElf.Of(session.Model));
        string lines = $"set pagination off\nset confirm off\nfile {symbols}\ntarget remote {server.Place}\n"
            + $"{script.Replace("HERE", server.Place.ToString(), StringComparison.Ordinal)}\nkill\n";
        string output = Run(_scratch.File("script.gdb", lines));
        stop.Cancel();
        running.Wait(10_000, CancellationToken.None);
        return output;
    }

    private static string Run(string script)
    {
        var start = new ProcessStartInfo("gdb-multiarch", ["-nx", "-batch", "-x", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process gdb = Process.Start(start)!;
            Task<string> error = gdb.StandardError.ReadToEndAsync();
            string output = gdb.StandardOutput.ReadToEnd();
            gdb.WaitForExit();
            return output + error.Result;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("the stub is tested with the real gdb; install gdb-multiarch");
            throw;
        }
    }
}
