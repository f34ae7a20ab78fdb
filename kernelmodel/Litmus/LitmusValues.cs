using System.Globalization;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>Values of registers and locations: how they compare and how they are shown.</summary>
internal static class LitmusValues
{
    /// <summary>A value cut to its type; of a register without a type, a small negative number stands for its 32-bit form.</summary>
    public static ulong Normal(LitmusType? type, ulong value) => type switch
    {
        { Bytes: < 8 } => value & ((1UL << (type.Bytes * 8)) - 1),
        null when value >= 0xffff_ffff_8000_0000 => (uint)value,
        _ => value,
    };

    /// <summary>A value as states print it.</summary>
    public static string Show(LitmusLayout layout, LitmusType? type, ulong value)
    {
        if (type is null or { Bytes: 8 } && layout.NameOf(value) is { } name)
            return name;

        if (type is null or { Bytes: 4 } && layout.InstructionOf(value) is { } instruction)
            return instruction;

        return type is { IsSigned: true }
            ? ((long)(value << (64 - (type.Bytes * 8))) >> (64 - (type.Bytes * 8))).ToString(CultureInfo.InvariantCulture)
            : value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>True where a state has a proposition.</summary>
    public static bool Holds(LitmusTest test, LitmusLayout layout, LitmusProposition proposition, ulong[] state) => proposition switch
    {
        LitmusConstant constant => constant.Value,
        LitmusNot not => !Holds(test, layout, not.Operand, state),
        LitmusBinary { IsAnd: true } both => Holds(test, layout, both.Left, state) && Holds(test, layout, both.Right, state),
        LitmusBinary either => Holds(test, layout, either.Left, state) || Holds(test, layout, either.Right, state),
        LitmusAtom atom => Matches(test, layout, atom, state),
        _ => throw new InvalidOperationException("a proposition of no known kind"),
    };

    /// <summary>Where the values of a place begin in a state, and how many there are.</summary>
    public static (int First, int Count) Find(LitmusTest test, LitmusLayout layout, LitmusPlace place)
    {
        int first = 0;
        foreach (LitmusPlace other in test.Observed)
        {
            int count = other is { Thread: < 0, Index: < 0 } ? Math.Max(1, layout.TypeOf(other)!.Count) : 1;
            if (other == place)
                return (first, count);

            first += count;
        }

        return (-1, 0);
    }

    private static bool Matches(LitmusTest test, LitmusLayout layout, LitmusAtom atom, ulong[] state)
    {
        (int first, int count) = Find(test, layout, atom.Place);
        if (count != atom.Wanted.Count)
            return false;

        LitmusType? type = layout.TypeOf(atom.Place);
        for (int i = 0; i < count; i++)
        {
            if (Normal(type, layout.Resolve(atom.Wanted[i])) != state[first + i])
                return false;
        }

        return true;
    }
}
