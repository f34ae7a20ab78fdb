namespace RcuEmu.Emulator.Debugging.Expressions;

/// <summary>The type of a value: an integer of 1, 2, 4 or 8 bytes, or the address of one.</summary>
/// <param name="Bytes">1, 2, 4 or 8.</param>
/// <param name="IsSigned">Whether it has a sign.</param>
/// <param name="Pointers">How many stars: what is pointed to has the type with one less.</param>
public readonly record struct DebugType(int Bytes, bool IsSigned, int Pointers)
{
    /// <summary><c>long</c>.</summary>
    public static DebugType Long { get; } = new(8, true, 0);

    /// <summary><c>unsigned long</c>.</summary>
    public static DebugType Word { get; } = new(8, false, 0);

    /// <summary>The address of 8 bytes: what pc, sp and symbols are.</summary>
    public static DebugType Address { get; } = new(8, false, 1);

    /// <summary>Bytes of a value of this type itself.</summary>
    public int Size => Pointers > 0 ? 8 : Bytes;

    /// <summary>The bits as this type keeps them: cut off, and extended to 64.</summary>
    public ulong Fit(ulong bits)
    {
        int unused = 64 - (8 * Size);
        return IsSigned && Pointers == 0 ? (ulong)((long)(bits << unused) >> unused) : bits << unused >> unused;
    }

    private static readonly (string Name, int Bytes, bool IsSigned)[] Names =
    [
        ("char", 1, true), ("short", 2, true), ("int", 4, true), ("long", 8, true), ("void", 1, false), ("bool", 1, false),
        ("u8", 1, false), ("u16", 2, false), ("u32", 4, false), ("u64", 8, false),
        ("s8", 1, true), ("s16", 2, true), ("s32", 4, true), ("s64", 8, true),
        ("uint8_t", 1, false), ("uint16_t", 2, false), ("uint32_t", 4, false), ("uint64_t", 8, false),
        ("int8_t", 1, true), ("int16_t", 2, true), ("int32_t", 4, true), ("int64_t", 8, true),
    ];

    /// <summary>The type that words name, as C has it and as the kernel does; null where they name none.</summary>
    public static DebugType? Of(IReadOnlyList<string> words)
    {
        int bytes = 4;
        bool isSigned = true, named = false;
        foreach (string word in words)
        {
            int index = Array.FindIndex(Names, known => known.Name == word);
            if (index >= 0)
                (bytes, isSigned) = (Names[index].Bytes, isSigned && Names[index].IsSigned);
            else if (word == "unsigned")
                isSigned = false;
            else if (word is not ("signed" or "const" or "volatile"))
                return null;

            named = true;
        }

        return named ? new DebugType(bytes, isSigned, 0) : null;
    }
}

/// <summary>A value with its type.</summary>
/// <param name="Bits">Extended to 64 bits.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsFunction">True for a symbol and for the program counter: shown with the symbol.</param>
public readonly record struct DebugValue(ulong Bits, DebugType Type, bool IsFunction = false)
{
    /// <summary>A <c>long</c>.</summary>
    public static DebugValue Of(long value) => new((ulong)value, DebugType.Long);

    /// <summary>Not 0.</summary>
    public bool IsTrue => Bits != 0;
}
