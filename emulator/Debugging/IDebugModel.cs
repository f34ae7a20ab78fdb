using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Execution;
using RcuEmu.Emulator.Exploration;

namespace RcuEmu.Emulator.Debugging;

/// <summary>A sentence about a step that a catchpoint waits for. Null: it does not hold; otherwise what happened.</summary>
public delegate string? StepCondition(Machine machine, in StepInfo step, Timeline timeline);

/// <summary>What a catchpoint waits for: an event in a step, or facts that become true. One of the two is null.</summary>
/// <param name="Event">Says of each step whether it is the event.</param>
/// <param name="Facts">One bit for each fact that is true now; it stops where one is that was not before the step.</param>
/// <param name="Says">Says which facts became true, for people.</param>
public sealed record DebugCatch(StepCondition? Event, Func<ulong>? Facts, Func<ulong, string>? Says);

/// <summary>Facts in rows, for a terminal, a gdb or an editor.</summary>
/// <param name="Columns">The headings.</param>
/// <param name="Rows">As many texts each as there are headings.</param>
public sealed record FactTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>
/// What a debugger knows about a machine beyond its cores and memory: names, tasks, and whatever else the model around it has.
/// </summary>
public interface IDebugModel : IDisposable
{
    /// <summary>What is debugged: the scenario's name.</summary>
    string Name { get; }

    /// <summary>The machine, sealed.</summary>
    Machine Machine { get; }

    /// <summary>What schedules of it begin with. Taken before the first step.</summary>
    ScheduleOrigin Origin { get; }

    /// <summary><c>traced+0x4</c> for an address, or null.</summary>
    string? Format(ulong address);

    /// <summary>The address of a name, or null.</summary>
    ulong? Find(string symbol);

    /// <summary>The bytes that a name stands for, or null.</summary>
    (ulong Start, ulong Length)? Range(string symbol);

    /// <summary>Names that begin with a text, for completion; not more than some hundred.</summary>
    IEnumerable<string> SymbolsLike(string beginning);

    /// <summary>The names with their places that a symbol file is made of.</summary>
    IEnumerable<(string Name, ulong Address, ulong Length)> Symbols { get; }

    /// <summary>Who runs on a core: a task's name, or <c>idle</c>.</summary>
    string Running(int core);

    /// <summary>What a core's state is, in a few words: <c>preempt=0 irq=on</c>.</summary>
    string Status(int core);

    /// <summary>What the core does next where that is no instruction: the next step of a kernel procedure; null otherwise.</summary>
    string? Doing(int core);

    /// <summary>The registers of a task by its name or number; null where there is none or where it has none.</summary>
    Context? ContextOf(string task);

    /// <summary>Numbers of the model that expressions can name, without the dollar sign: <c>grace</c>, <c>holdouts</c>.</summary>
    IReadOnlyDictionary<string, Func<ulong>> Values { get; }

    /// <summary>Understands what a catchpoint waits for. Null, with the reason in <paramref name="error"/>.</summary>
    DebugCatch? Catch(string text, out string error);

    /// <summary>What <see cref="Catch"/> understands, for help.</summary>
    IReadOnlyList<string> Catches { get; }

    /// <summary>The names of tables that <see cref="Facts"/> gives.</summary>
    IReadOnlyList<string> Topics { get; }

    /// <summary>A table of facts, or null where there is none of this name.</summary>
    FactTable? Facts(string topic);

    /// <summary>What the kernel's unwinder would say about a context, innermost first; null where no kernel is modelled.</summary>
    IReadOnlyList<UnwoundFrame>? Unwind(Context context);

    /// <summary>The same again, at its beginning.</summary>
    IDebugModel Rebuild();
}

/// <summary>One frame as an unwinder found it.</summary>
/// <param name="Address">The program counter, or the return address.</param>
/// <param name="IsReliable">False where the unwinder itself would say that it is guessing.</param>
/// <param name="How">By which rule it was found.</param>
public sealed record UnwoundFrame(ulong Address, bool IsReliable, string How);
