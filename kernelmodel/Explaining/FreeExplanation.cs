using RcuEmu.KernelModel.Occupancy;

namespace RcuEmu.KernelModel.Explaining;

/// <summary>Why a range may not be freed.</summary>
/// <param name="Name">The range for people.</param>
/// <param name="Range">Its addresses.</param>
/// <param name="References">Which tasks hold it, by which reference.</param>
/// <param name="Published">By what new executions get there: callsites, literals, objects.</param>
/// <param name="Pending">Callbacks that are queued and not yet run.</param>
public sealed record FreeExplanation(
    string Name, AddressRange Range, IReadOnlyList<TextReference> References, IReadOnlyList<string> Published, IReadOnlyList<string> Pending)
{
    /// <summary>True where nobody is there, nobody will come back, and nobody new can get there.</summary>
    public bool MayBeFreed => References.Count == 0 && Published.Count == 0;

    /// <summary>As text for people.</summary>
    /// <param name="show">Names an address.</param>
    public IReadOnlyList<string> Lines(Func<ulong, string> show)
    {
        ArgumentNullException.ThrowIfNull(show);
        var lines = new List<string> { MayBeFreed ? $"{Name} may be freed: no task holds it" : $"{Name} may not be freed" };
        foreach (TextReference reference in References)
            lines.Add($"  {reference.Task.Name}: {Words(reference.Kind)} {reference.Place} is {show(reference.Value)}{Doubt(reference.Use)}");

        lines.AddRange(Published.Select(published => $"  {published}"));
        lines.AddRange(Pending.Select(pending => $"  {pending}"));
        return lines;
    }

    private static string Doubt(ReferenceUse use) => use == ReferenceUse.MayUse ? " (not used within the look ahead)" : "";

    private static string Words(ReferenceKind kind) => kind switch
    {
        ReferenceKind.ProgramCounter => "program counter",
        ReferenceKind.RewrittenText => "program counter, in text to be rewritten,",
        ReferenceKind.ReturnAddress => "return address in stack slot",
        ReferenceKind.Register => "register",
        ReferenceKind.SavedRegister => "saved register",
        ReferenceKind.FrameSlot => "jump target in frame slot",
        ReferenceKind.ShadowEntry => "return address in",
        _ => "pointer to its data in",
    };
}
