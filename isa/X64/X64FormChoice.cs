using Iced.Intel;
using RcuEmu.Isa.Text;

namespace RcuEmu.Isa.X64;

/// <summary>
/// Picks the instruction form for a mnemonic and its operands as GNU as does without options: the shortest; among equals a
/// sign-extended immediate, then the SDM's order of opcodes.
/// </summary>
internal sealed class X64FormChoice(SourceText source, X64Bytes bytes)
{
    private readonly List<X64Encoding> _fitting = [];

    /// <summary>Picks a form, and a near form beside a short one where the branch may grow.</summary>
    public (X64Encoding Encoding, X64Encoding? Near) Choose(X64Statement statement)
    {
        _fitting.Clear();
        string? complaint = null;
        foreach (X64Reading reading in statement.Readings)
            Collect(statement, reading, ref complaint);
        if (_fitting.Count == 0)
        {
            throw complaint is null
                ? X64FormErrors.NoForm(source, statement)
                : X64FormErrors.Impossible(source, statement, complaint);
        }

        Disambiguate(statement);
        return Relaxable(statement) ?? (_fitting.MinBy(Cost)!, null);
    }

    private static (int Length, int Order) Cost(X64Encoding encoding) =>
        (encoding.Length, encoding.Form.HasShortImmediate ? 0 : 1);

    private void Collect(X64Statement statement, X64Reading reading, ref string? complaint)
    {
        foreach (X64Form form in X64Form.Of(reading.Mnemonic))
        {
            if (!X64FormMatch.Allows(form, reading, statement))
                continue;
            X64Encoding? encoding = X64FormMatch.TryBind(form, reading, statement.Operands, statement);
            if (encoding is null && reading.Mnemonic is Mnemonic.Xchg or Mnemonic.Test && statement.Operands is [var first, var second])
                encoding = X64FormMatch.TryBind(form, reading, [second, first], statement);
            if (encoding is null)
                continue;
            encoding.Prefixes = statement.Prefixes;
            if (encoding.TryMeasure(bytes) is { } problem)
                complaint ??= problem;
            else
                _fitting.Add(encoding);
        }
    }

    // Memory whose size nothing tells: GNU as asks for it, except where 64-bit mode has one usual size.
    private void Disambiguate(X64Statement statement)
    {
        if (statement.Readings[0].Mnemonic is Mnemonic.Push or Mnemonic.Pop or Mnemonic.Call or Mnemonic.Jmp)
        {
            if (_fitting.Exists(encoding => encoding.Form.Bytes == 8) && !statement.SaysSize)
                _fitting.RemoveAll(encoding => encoding.Form.Bytes != 8);
            return;
        }

        X64AssemblerOperand? memory = statement.Operands.Find(o => o is { Kind: X64AssemblerOperandKind.Memory, Bytes: 0 });
        if (memory is null || _fitting.TrueForAll(encoding => encoding.Form.MemoryBytes is 14 or 28 or 94 or 108) || _fitting.Select(encoding => encoding.Form.MemoryBytes).Distinct().Count() <= 1)
            return;
        string sizes = string.Join(", ", _fitting.Select(e => e.Form.MemoryBytes).Distinct().Order().Select(X64FormErrors.SizeName));
        throw source.Error(
            memory.Offset,
            $"memory of unknown size",
            statement.IsAtt ? "a mnemonic with a suffix: b, w, l or q" : $"one of {sizes} in front of it");
    }

    private (X64Encoding Encoding, X64Encoding? Near)? Relaxable(X64Statement statement)
    {
        X64Encoding? nearForm = _fitting.Find(e => e.Form.BranchBytes == 4);
        X64Encoding? shortForm = _fitting.Find(e => e.Form.BranchBytes == 1);
        if (nearForm is null || shortForm is null)
            return null;
        if (statement.Operands[0].IsShort)
            return (shortForm, null);
        int symbols = nearForm.Target!.Nodes.Count(node => node.Symbol is not null);
        return symbols == 1 && !statement.WantsWide ? (shortForm, nearForm) : (nearForm, null);
    }
}
