using System.Globalization;
using RcuEmu.Bench;

// bench grace [ROUNDS]: a grace period of Tasks RCU with 1,000 tasks on 64 cores.
if (args is ["grace", ..])
{
    GracePeriods.Print(1000, 64, args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5);
    return;
}

// bench [FOLDER [ROUNDS [NAME]]]: all workloads of FOLDER (default bench/workloads), medians of ROUNDS (default 5).
string folder = args.Length > 0 ? args[0] : Path.Combine("bench", "workloads");
int rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
string filter = args.Length > 2 ? args[2] : "";
Workload[] all = [.. Workload.ReadAll(folder)];
if (!UnicornPeer.IsPresent)
    Console.WriteLine("libunicorn.so.2 is not installed: RcuEmu alone");

Console.WriteLine($"{"MIPS, medians of " + rounds,-24}{"run",8}{"Unicorn",9}{"ratio",7}{"one",9}{"Unicorn",9}{"ratio",7}{"step+undo+step",16}");
foreach (IGrouping<(string, string), Workload> group in all.GroupBy(workload => (workload.Arch, workload.Name)).OrderBy(group => group.Key.Item1, StringComparer.Ordinal))
{
    Workload[] sizes = [.. group.OrderBy(workload => workload.N)];
    if (!$"{sizes[0].Name}.{sizes[0].Arch}".Contains(filter, StringComparison.Ordinal))
        continue;

    Workload small = sizes[0], middle = sizes[^2], large = sizes[^1];
    var peers = new (Func<Workload, long> Run, Workload On)[]
    {
        (RcuEmuPeer.Free, large), (UnicornPeer.Free, large),
        (RcuEmuPeer.OneByOne, middle), (UnicornPeer.OneByOne, small), (RcuEmuPeer.StepAndUndo, small),
    };
    double[] mips = Measure(peers, rounds);
    Console.WriteLine(
        $"{small.Name + " " + small.Arch,-24}{mips[0],8:F0}{mips[1],9:F0}{mips[0] / mips[1],7:F2}"
        + $"{mips[2],9:F1}{mips[3],9:F2}{mips[2] / mips[3],7:F1}{mips[4],16:F2}");
}

// One round measures each peer once, so that a busy machine is busy for all of them.
static double[] Measure((Func<Workload, long> Run, Workload On)[] peers, int rounds)
{
    double[][] samples = [.. peers.Select(_ => new double[rounds])];
    for (int round = -1; round < rounds; round++)
    {
        for (int peer = 0; peer < peers.Length; peer++)
        {
            bool isUnicorn = peers[peer].Run.Method.DeclaringType == typeof(UnicornPeer);
            long done = isUnicorn && !UnicornPeer.IsPresent ? 0 : peers[peer].Run(peers[peer].On);
            if (round >= 0)
                samples[peer][round] = done / Clock.Seconds / 1e6;
        }
    }

    return [.. samples.Select(sample => sample.Order().ElementAt(rounds / 2))];
}
