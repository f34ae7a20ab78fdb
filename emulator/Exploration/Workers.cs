using System.Numerics;
using RcuEmu.Emulator.Execution;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// Parts of a search on several threads, each with a machine of its own. The result is what the parts give one behind the other, whichever
/// thread was faster: parts behind the first that violates something do not count.
/// </summary>
internal sealed class Workers(Func<Machine> build, int jobs, CancellationToken cancel)
{
    private readonly Lock _lock = new();
    private Findings?[] _found = [];
    private CancellationTokenSource?[] _running = [];
    private int _next;
    private int _first;
    private Exception? _defect;

    /// <summary>Runs parts 0 to <paramref name="parts"/> - 1 and returns what they found, up to the first that violates something.</summary>
    public IReadOnlyList<Findings> Run(int parts, Func<Machine, int, CancellationToken, Findings> part)
    {
        (_found, _running, _next, _first) = (new Findings?[parts], new CancellationTokenSource?[parts], 0, parts - 1);
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(jobs, parts)).Select(_ => new Thread(() => Work(part)))];
        foreach (Thread thread in threads)
            thread.Start();

        foreach (Thread thread in threads)
            thread.Join();

        return _defect is null
            ? [.. _found.Take(_first + 1).Where(found => found is not null).Select(found => found!)]
            : throw new InvalidOperationException($"a part of the search failed: {_defect.Message}", _defect);
    }

    /// <summary>What several parts found, one behind the other.</summary>
    public static Findings Sum(IReadOnlyList<Findings> parts) => parts[^1] with
    {
        Executions = parts.Aggregate(BigInteger.Zero, (sum, part) => sum + part.Executions),
        ExecutionsExact = parts.All(part => part.ExecutionsExact),
        Steps = parts.Sum(part => part.Steps),
        Seconds = parts.Max(part => part.Seconds),
        MaxDepth = parts.Max(part => part.MaxDepth),
        Reached = [.. Enumerable.Range(0, parts[0].Reached.Length).Select(i => parts.Any(part => part.Reached[i]))],
        Bounds = [.. parts.SelectMany(part => part.Bounds).Distinct()],
        Stopped = parts.Any(part => part.Stopped),
        Cycle = parts.Select(part => part.Cycle).FirstOrDefault(cycle => cycle is not null),
        Met = Met(parts),
    };

    private static DistinctViolations? Met(IReadOnlyList<Findings> parts)
    {
        if (parts[^1].Met is null)
            return null;

        var all = new DistinctViolations();
        foreach (Findings part in parts)
            all.Add(part.Met!, []);

        return all;
    }

    private void Work(Func<Machine, int, CancellationToken, Findings> part)
    {
        try
        {
            using Machine machine = Build();
            while (Take() is var (number, source) && source is not null)
            {
                using (source)
                    Give(number, part(machine, number, source.Token));
            }
        }
        catch (Exception defect)
        {
            lock (_lock)
                (_defect, _next) = (_defect ?? defect, _found.Length);

            if (defect is OutOfMemoryException)
                throw;
        }
    }

    private Machine Build()
    {
        lock (_lock)
            return build();
    }

    private (int Number, CancellationTokenSource? Source) Take()
    {
        lock (_lock)
        {
            if (_next > _first)
                return (0, null);

            return (_next, _running[_next++] = CancellationTokenSource.CreateLinkedTokenSource(cancel));
        }
    }

    // A violation ends what is behind it in order; what is before it goes on, since it may hold an earlier one.
    private void Give(int number, Findings found)
    {
        lock (_lock)
        {
            (_found[number], _running[number]) = (found, null);
            if (found.Violation is null || number >= _first)
                return;

            _first = number;
            for (int i = number + 1; i < _running.Length; i++)
                _running[i]?.Cancel();
        }
    }
}
