using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>Which forms of one Code have an operation of their own: what the ModRM byte names.</summary>
internal enum X64Shape : byte
{
    /// <summary>Registers and immediates only.</summary>
    Register,

    /// <summary>A memory operand that is a base register plus a displacement.</summary>
    Based,

    /// <summary>Any other memory operand.</summary>
    Memory,
}

/// <summary>One encoding, by Iced's name for it, and the operation it is.</summary>
/// <param name="Code">Iced's Code: one per opcode, operand size and operand form of the SDM's instruction pages.</param>
/// <param name="Make">Names the operation's type for a shape. Called once for each that occurs.</param>
internal readonly record struct X64Row(Code Code, Func<X64Shape, X64Operation> Make);

/// <summary>
/// Every encoding that is modelled. A valid encoding without a row raises <see cref="GuestEventKind.NotModelled"/>: x87 and
/// MMX, floating-point arithmetic, AVX-512, cryptography, virtualisation but VMCALL, shadow stacks, enclaves, far transfers.
/// </summary>
internal static class X64Table
{
    private const int Shapes = 3;

    // Iced keeps a Code in 13 bits.
    private const int Codes = 1 << 13;

    private static readonly Lock Gate = new();
    private static readonly Func<X64Shape, X64Operation>?[] Rows = new Func<X64Shape, X64Operation>?[Codes];
    private static readonly X64Operation?[] Operations = new X64Operation?[Codes * Shapes];
    private static readonly X64Operation Undefined = X64Operation.Of<UndefinedInstruction>();
    internal static readonly X64Operation NotModelled = X64Operation.Of<NotModelledInstruction>();
    private static int _filled;

    /// <summary>The groups, those that any code needs first; a group's rows are made when a Code was in none before it.</summary>
    public static IReadOnlyList<Func<X64Row[]>> Groups { get; } =
    [
        X64TableMove.Rows, X64TableAlu.Rows, X64TableBranch.Rows, X64TableShift.Rows, X64TableSystem.Rows,
        X64TableArithmetic.Rows, X64TableBit.Rows, X64TableString.Rows, X64TableVector.Rows,
    ];

    /// <summary>The operation of a Code in a shape. Never null.</summary>
    public static X64Operation Find(Code code, X64Shape shape) =>
        Operations[((int)code * Shapes) + (int)shape] ?? Make(code, shape);

    private static X64Operation Make(Code code, X64Shape shape)
    {
        lock (Gate)
        {
            X64Operation operation = code == Code.INVALID ? Undefined : FindRow(code)?.Invoke(shape) ?? NotModelled;
            Operations[((int)code * Shapes) + (int)shape] = operation;
            return operation;
        }
    }

    private static Func<X64Shape, X64Operation>? FindRow(Code code)
    {
        while (Rows[(int)code] is null && _filled < Groups.Count)
        {
            foreach (X64Row row in Groups[_filled]())
                Rows[(int)row.Code] = row.Make;

            _filled++;
        }

        return Rows[(int)code];
    }

    /// <summary>The operation of type <typeparamref name="TOp"/>, for rows that have one form.</summary>
    public static X64Operation Of<TOp>()
        where TOp : struct, IX64Op => X64Operation.Of<TOp>();
}
