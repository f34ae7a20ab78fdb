namespace RcuEmu.Isa.X64;

/// <summary>
/// A decoded x86-64 instruction, made once from Iced's by the decoder: registers by number, the memory operand taken
/// apart, the immediate extended, so that no operation looks at an operand kind.
/// </summary>
public struct X64Insn
{
    /// <summary>The displacement of the memory operand, or the branch displacement, sign-extended (RIP-relative: from the next instruction).</summary>
    public long Displacement;

    /// <summary>The immediate, sign- or zero-extended as the instruction has it.</summary>
    public long Imm;

    /// <summary>Register numbers: destination (or first), source (or second), third. High byte registers (AH …) are 16 + (4 to 7) - 4.</summary>
    public byte Reg0, Reg1, Reg2;

    /// <summary>Memory operand: base and index register numbers, <see cref="None"/> where there is none, <see cref="RipBase"/> for RIP.</summary>
    public byte Base, Index;

    /// <summary>Index scale as a shift, 0 to 3.</summary>
    public byte Scale;

    /// <summary>Length of the instruction in bytes, 1 to 15.</summary>
    public byte Length;

    /// <summary>0, or 4 for FS and 5 for GS.</summary>
    public byte Segment;

    /// <summary>Prefixes and small fields, see the constants below.</summary>
    public byte Prefixes;

    /// <summary>Condition code 0 to 15 (Jcc, SETcc, CMOVcc).</summary>
    public byte Condition;

    /// <summary>Iced's Code of this form, for events and messages.</summary>
    public ushort Code;

    /// <summary>No register.</summary>
    public const byte None = 0xff;

    /// <summary>The memory operand is relative to the next instruction.</summary>
    public const byte RipBase = 0xfe;

    /// <summary>LOCK (or XCHG with memory).</summary>
    public const byte Lock = 1;

    /// <summary>REP or REPE.</summary>
    public const byte Rep = 2;

    /// <summary>REPNE.</summary>
    public const byte Repne = 4;

    /// <summary>32-bit address size (67h).</summary>
    public const byte Address32 = 8;
}

/// <summary>What one instruction form does: one type per operation, sizes and operand shapes as type parameters.</summary>
public interface IX64Op
{
    /// <summary>What <see cref="Execute"/> can return. A branch and an operation that repeats say something else.</summary>
    static virtual Course Course => Course.Sequential;

    /// <summary>Executes <paramref name="insn"/> on <paramref name="core"/>, in the order of the manual's pseudocode.</summary>
    static abstract Flow Execute<TCore>(ref TCore core, in X64Insn insn)
        where TCore : struct, IX64Core, allows ref struct;
}

/// <summary>Makes something of an operation whose type is known only to the table that names it.</summary>
/// <typeparam name="TResult">What is made: a handler's address, a delegate, a name.</typeparam>
public interface IX64OperationVisitor<out TResult>
{
    /// <summary>Called with the operation's own type.</summary>
    TResult Visit<TOp>()
        where TOp : struct, IX64Op;
}

/// <summary>An operation as a value. A gear turns it into its own handler by visiting it.</summary>
public abstract class X64Operation
{
    /// <summary>The operation's name: its type's, with what it is made of, as in <c>JumpIf&lt;IfE&gt;</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Hands the operation's type to <paramref name="visitor"/>.</summary>
    public abstract TResult Accept<TResult>(IX64OperationVisitor<TResult> visitor);

    /// <summary>The operation of type <typeparamref name="TOp"/>.</summary>
    public static X64Operation Of<TOp>()
        where TOp : struct, IX64Op => X64Operation<TOp>.Instance;
}

/// <summary>The one value that stands for <typeparamref name="TOp"/>.</summary>
public sealed class X64Operation<TOp> : X64Operation
    where TOp : struct, IX64Op
{
    internal static readonly X64Operation<TOp> Instance = new();

    private X64Operation()
    {
    }

    /// <inheritdoc/>
    public override string Name => OperationName.Of(typeof(TOp));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IX64OperationVisitor<TResult> visitor) => visitor.Visit<TOp>();
}
