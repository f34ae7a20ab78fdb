using System.Buffers.Binary;
using RcuEmu.Isa;

namespace RcuEmu.Trampolines.Loading;

/// <summary>What an ORC rule counts from: ORC_REG_* of arch/x86/include/asm/orc_types.h, whose numbers changed between 6.12 and 7.2.</summary>
public enum OrcRegister : byte
{
    /// <summary>Nothing is known (for bp: it is unchanged).</summary>
    Undefined,

    /// <summary>The caller's stack pointer: the frame's canonical address.</summary>
    PreviousSp,

    /// <summary>rax.</summary>
    Ax,

    /// <summary>rdx.</summary>
    Dx,

    /// <summary>rdi.</summary>
    Di,

    /// <summary>rbp.</summary>
    Bp,

    /// <summary>rsp.</summary>
    Sp,

    /// <summary>r10.</summary>
    R10,

    /// <summary>r13.</summary>
    R13,

    /// <summary>The word in memory at rbp plus the offset.</summary>
    BpIndirect,

    /// <summary>The word in memory at rsp, to which the offset is added afterwards.</summary>
    SpIndirect,
}

/// <summary>What lies at the end of a frame. arch/x86/include/asm/orc_types.h (6.12): ORC_TYPE_*; 6.1 numbers them otherwise.</summary>
public enum OrcType : byte
{
    /// <summary>Nothing is known: unwinding fails here.</summary>
    Undefined,

    /// <summary>The outermost frame.</summary>
    EndOfStack,

    /// <summary>A return address, 8 bytes below the caller's stack pointer.</summary>
    Call,

    /// <summary>A whole pt_regs.</summary>
    Regs,

    /// <summary>The part of pt_regs that the CPU pushed.</summary>
    PartialRegs,
}

/// <summary>How to leave a frame from one address on.</summary>
/// <param name="Address">The first address that the rule holds for, up to the next rule's.</param>
/// <param name="SpRegister">What the caller's stack pointer counts from.</param>
/// <param name="SpOffset">Bytes to add to it.</param>
/// <param name="BpRegister">What the place of the caller's rbp counts from; Undefined where rbp is unchanged.</param>
/// <param name="BpOffset">Bytes to add to it.</param>
/// <param name="Type">What lies at the end of the frame.</param>
/// <param name="IsSignal">The address is where the frame was interrupted, not one behind a call.</param>
public readonly record struct OrcRule(
    ulong Address, OrcRegister SpRegister, int SpOffset, OrcRegister BpRegister, int BpOffset, OrcType Type, bool IsSignal);

/// <summary>The ORC unwinding tables of an amd64 kernel.</summary>
/// <remarks>
/// arch/x86/kernel/unwind_orc.c (6.12): orc_find(), unwind_next_frame(). The bits of an entry are read where the image's own types
/// say they are: 6.1 has a field <c>end</c> and counts the types from 0, later kernels do not. Which numbers the registers have is
/// seen from the table: nearly every rule counts from rsp, which is number 5 up to 6.12 and 3 in 7.2.
/// </remarks>
public sealed class OrcTable
{
    private const int IpSize = 4, EntrySize = 6;

    private static readonly OrcRegister[] Registers612 =
    [
        OrcRegister.Undefined, OrcRegister.PreviousSp, OrcRegister.Dx, OrcRegister.Di, OrcRegister.Bp, OrcRegister.Sp,
        OrcRegister.R10, OrcRegister.R13, OrcRegister.BpIndirect, OrcRegister.SpIndirect,
    ];

    private static readonly OrcRegister[] Registers72 =
    [
        OrcRegister.Undefined, OrcRegister.Ax, OrcRegister.Dx, OrcRegister.Sp, OrcRegister.Bp, OrcRegister.Di,
        OrcRegister.R10, OrcRegister.R13, OrcRegister.PreviousSp, OrcRegister.SpIndirect, OrcRegister.BpIndirect,
    ];

    private readonly ReadOnlyMemory<byte> _ips;
    private readonly ReadOnlyMemory<byte> _entries;
    private readonly ulong _address;
    private readonly int _typeBits;
    private readonly int _signalBit; // -1 where there is none
    private readonly int _endBit;    // -1 where there is none
    private readonly OrcRegister[] _registers;

    private OrcTable(KernelImage image, LoadedSection ips, LoadedSection entries, BtfTypes types)
    {
        BtfMember type = Member("type") ?? throw new UserErrorException($"{image.FileName}: struct orc_entry has no member type");
        (_ips, _entries, _address, Count) = (ips.Bytes, entries.Bytes, ips.Address, ips.Bytes.Length / IpSize);
        if (type.BitOffset != 40 || types.StructSize("orc_entry") != EntrySize || entries.Bytes.Length / EntrySize < Count)
            throw new UserErrorException($"{image.FileName}: ORC tables of an unknown form: .orc_unwind_ip {ips.Bytes.Length} bytes, .orc_unwind {entries.Bytes.Length}");

        _typeBits = type.BitSize;
        _signalBit = Member("signal")?.BitOffset - 32 ?? -1;
        _endBit = Member("end")?.BitOffset - 32 ?? -1;
        _registers = CommonestRegister() switch
        {
            5 => Registers612,
            3 => Registers72,
            int other => throw new UserErrorException($"{image.FileName}: ORC rules mostly count from register {other}; rsp is 5 up to 6.12 and 3 in 7.2"),
        };

        BtfMember? Member(string name) => types.FindMember("orc_entry", name);
    }

    /// <summary>How many rules there are.</summary>
    public int Count { get; }

    /// <summary>The rule number <paramref name="index"/>, in address order, counted from 0.</summary>
    public OrcRule this[int index]
    {
        get
        {
            ReadOnlySpan<byte> entry = _entries.Span.Slice(index * EntrySize, EntrySize);
            int bits = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
            return new OrcRule(
                AddressOf(index), RegisterOf(bits), BinaryPrimitives.ReadInt16LittleEndian(entry),
                RegisterOf(bits >> 4), BinaryPrimitives.ReadInt16LittleEndian(entry[2..]),
                TypeOf(bits), _signalBit >= 0 && ((bits >> _signalBit) & 1) != 0);
        }
    }

    /// <summary>Reads the tables; null for a kernel without them (arm64; amd64 with frame pointers).</summary>
    /// <exception cref="UserErrorException">They are damaged, or the image has no types to read them by.</exception>
    public static OrcTable? Read(KernelImage image)
    {
        if (image.SectionNamed(".orc_unwind_ip") is not { } ips || image.SectionNamed(".orc_unwind") is not { } entries)
            return null;

        BtfTypes types = image.Btf ?? throw new UserErrorException($"{image.FileName}: ORC tables need the types (BTF) of the image, and there are none");
        return new OrcTable(image, ips, entries, types);
    }

    /// <summary>The rule for an instruction's address; null below the first. A rule of type Undefined says that nothing is known.</summary>
    public OrcRule? Find(ulong address)
    {
        int low = 0, high = Count; // the first rule above the address
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (AddressOf(middle) <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? null : this[low - 1];
    }

    /// <summary>Each address is stored as a distance from its own place.</summary>
    private ulong AddressOf(int index) =>
        _address + (ulong)(IpSize * index) + (ulong)(long)BinaryPrimitives.ReadInt32LittleEndian(_ips.Span[(IpSize * index)..]);

    /// <summary>A number without a meaning is Undefined, which ends unwinding.</summary>
    private OrcRegister RegisterOf(int number) => (number & 15) < _registers.Length ? _registers[number & 15] : OrcRegister.Undefined;

    private int CommonestRegister()
    {
        Span<int> counts = stackalloc int[16];
        for (int at = 0; at < Count * EntrySize; at += EntrySize)
            counts[_entries.Span[at + 4] & 15]++;

        counts[0] = 0; // undefined
        int best = 1;
        for (int register = 2; register < counts.Length; register++)
            best = counts[register] > counts[best] ? register : best;

        return best;
    }

    private OrcType TypeOf(int bits)
    {
        int type = (bits >> 8) & ((1 << _typeBits) - 1);
        if (_endBit < 0)
            return type <= (int)OrcType.PartialRegs ? (OrcType)type : OrcType.Undefined;
        if (((bits >> _endBit) & 1) != 0)
            return OrcType.EndOfStack;

        // up to 6.3 there is no type "undefined": such a rule has no register
        return (bits & 15) == 0 ? OrcType.Undefined : type switch { 0 => OrcType.Call, 1 => OrcType.Regs, 2 => OrcType.PartialRegs, _ => OrcType.Undefined };
    }
}
