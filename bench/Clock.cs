using System.Diagnostics;

namespace RcuEmu.Bench;

/// <summary>Processor time of this process: other work on the machine then costs less noise than with wall time.</summary>
internal static class Clock
{
    private static TimeSpan _start;

    /// <summary>Seconds between the last start and stop.</summary>
    public static double Seconds { get; private set; }

    public static void Start() => _start = Now();

    public static void Stop() => Seconds = (Now() - _start).TotalSeconds;

    /// <summary>A measurement of a wrong run is none.</summary>
    public static void Check(Workload workload, long instructions, ulong result)
    {
        if (instructions != workload.Instructions || result != workload.Result)
        {
            throw new InvalidOperationException(
                $"{workload.Name} {workload.Arch}: {instructions} instructions, result 0x{result:x16}; "
                + $"expected {workload.Instructions}, 0x{workload.Result:x16}");
        }
    }

    private static TimeSpan Now()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
