namespace RcuEmu.KernelModel.Explaining;

/// <summary>One thing that a grace period waits for.</summary>
/// <param name="Subject">Which CPU or task, and where it is: <c>worker, preempted at traced+0x4 on c0</c>.</param>
/// <param name="Test">The kernel's test that it fails, with the values: <c>check_holdout_task(): nvcsw 3 is the snapshot</c>.</param>
/// <param name="Release">What would end the wait for it.</param>
public sealed record HeldBy(string Subject, string Test, string Release);

/// <summary>Why one grace period has not ended.</summary>
/// <param name="Flavour"><c>Tasks RCU</c>, <c>RCU</c>.</param>
/// <param name="Waiter">The task that waits for it, or that drives it.</param>
/// <param name="Phase">Where it is: the kernel's function, and which wait.</param>
/// <param name="Source">The kernel file, version and function of that phase.</param>
/// <param name="Cpus">The CPUs that it waits for.</param>
/// <param name="Tasks">The tasks that it waits for.</param>
public sealed record GracePeriodExplanation(
    string Flavour, string Waiter, string Phase, string Source, IReadOnlyList<HeldBy> Cpus, IReadOnlyList<HeldBy> Tasks)
{
    /// <summary>As text for people.</summary>
    public IReadOnlyList<string> Lines()
    {
        var lines = new List<string> { $"{Flavour}, {Waiter}: {Phase} ({Source})" };
        foreach ((string kind, IReadOnlyList<HeldBy> all) in new[] { ("CPU", Cpus), ("task", Tasks) })
        {
            foreach (HeldBy held in all)
            {
                lines.Add($"  {kind} {held.Subject}");
                lines.Add($"    {held.Test}");
                lines.Add($"    released by: {held.Release}");
            }
        }

        return lines;
    }
}
