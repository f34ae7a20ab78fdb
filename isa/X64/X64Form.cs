using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>One instruction form of the SDM that the assembler can choose.</summary>
internal sealed class X64Form
{
    private static readonly int[] FirstCode;
    private static readonly int[] NextCode;
    private static readonly X64Form[]?[] ByMnemonic;

    static X64Form()
    {
        int codes = Enum.GetValues<Code>().Length;
        int mnemonics = Enum.GetValues<Mnemonic>().Length;
        FirstCode = new int[mnemonics];
        NextCode = new int[codes];
        ByMnemonic = new X64Form[mnemonics][];
        for (int code = codes - 1; code > 0; code--)
        {
            int mnemonic = (int)((Code)code).Mnemonic();
            NextCode[code] = FirstCode[mnemonic];
            FirstCode[mnemonic] = code;
        }
    }

    private X64Form(OpCodeInfo info, X64Slot[] slots)
    {
        Code = info.Code;
        Info = info;
        Slots = slots;
        MemoryBytes = info.MemorySize.GetSize();
        Bytes = OperationBytes();
    }

    /// <summary>Iced's number of the form.</summary>
    public Code Code { get; }

    /// <summary>Iced's description.</summary>
    public OpCodeInfo Info { get; }

    /// <summary>What may stand at each operand, in Intel's order.</summary>
    public X64Slot[] Slots { get; }

    /// <summary>The size of the memory operand, or 0.</summary>
    public int MemoryBytes { get; }

    /// <summary>The operation's size: what the suffix b, w, l or q says. 0 if it has none.</summary>
    public int Bytes { get; }

    /// <summary>The bytes of a relative branch distance: 1 or 4; 0 for other forms.</summary>
    public int BranchBytes => Slots is [{ Branch: var bytes }] ? bytes : 0;

    /// <summary>True for a sign-extended 8-bit immediate, which GNU as prefers to an accumulator form of the same length.</summary>
    public bool HasShortImmediate => Slots is [.., { Immediate: OpKind.Immediate8to16 or OpKind.Immediate8to32 or OpKind.Immediate8to64 }];

    /// <summary>True for <c>movabs</c>: a 64-bit immediate or address.</summary>
    public bool IsWide => Slots.Any(slot => slot.Immediate == OpKind.Immediate64 || slot.Name == "moffs");

    /// <summary>The forms of a mnemonic in 64-bit mode, in Iced's order.</summary>
    public static X64Form[] Of(Mnemonic mnemonic) => ByMnemonic[(int)mnemonic] ??= Find(mnemonic);

    private static X64Form[] Find(Mnemonic mnemonic)
    {
        var forms = new List<X64Form>();
        for (int code = FirstCode[(int)mnemonic]; code != 0; code = NextCode[code])
        {
            if (TryMake(((Code)code).ToOpCode()) is { } form)
                forms.Add(form);
        }

        return [.. forms];
    }

    // Left out: EVEX (AVX-512) forms, and forms that only some decoders of old processors know. The kernel's text
    // patching and entry code has none.
    private static X64Form? TryMake(OpCodeInfo info)
    {
        if (!info.Mode64 || !info.IsInstruction || info.DecoderOption != DecoderOptions.None || info.Encoding is not (EncodingKind.Legacy or EncodingKind.VEX))
            return null;
        var slots = new X64Slot[info.OpCount];
        for (int i = 0; i < slots.Length; i++)
        {
            if (X64SlotTable.Find(info.GetOpKind(i)) is not { } slot)
                return null;
            slots[i] = slot;
        }

        return new X64Form(info, slots);
    }

    private int OperationBytes()
    {
        IEnumerable<X64Slot> slots = Info.Code.Mnemonic() == Mnemonic.Crc32 ? Slots.Reverse() : Slots;
        foreach (X64Slot slot in slots)
        {
            if (slot.Bytes != 0)
                return slot.Bytes;
        }

        if (MemoryBytes != 0)
            return MemoryBytes;
        return Slots is [{ Branch: > 0 }] || Info.DefaultOpSize64 || Info.ForceOpSize64 ? (Info.OperandSize == 16 ? 2 : 8) : Info.OperandSize / 8;
    }
}
