namespace RcuEmu.Isa.Arm64;

/// <summary>
/// A decoded A64 instruction: the fields of its row, sign-extended, scaled and mapped to slots by the decoder, so that
/// no operation shifts or masks.
/// </summary>
public struct A64Insn
{
    /// <summary>The immediate, in the unit that the operation works in (bytes for offsets, the expanded bitmask, …).</summary>
    public long Imm;

    /// <summary>A second immediate where the row has one: shift amount, imms, bit number, lane, condition.</summary>
    public int Imm2;

    /// <summary>The encoded word.</summary>
    public uint Word;

    /// <summary>Register slots by the manual's field names. Rd also serves Rt; Ra also serves Rt2 and Rs where a row says so.</summary>
    public byte Rd, Rn, Rm, Ra;

    /// <summary>Condition, extend or shift kind, option: small fields.</summary>
    public byte Cond, Option;
}

/// <summary>What one instruction does: one type per operation, its variants as type parameters.</summary>
public interface IA64Op
{
    /// <summary>True where it sets or tests the exclusive monitor: a core may have a way of its own for those.</summary>
    static virtual bool IsExclusive => false;

    /// <summary>What <see cref="Execute"/> can return. A branch and an operation that repeats say something else.</summary>
    static virtual Course Course => Course.Sequential;

    /// <summary>True where it asks <see cref="IA64Core.PointerAuthentication"/>: a core may leave those to another.</summary>
    static virtual bool IsPointerAuthentication => false;

    /// <summary>True where it asks <see cref="IA64Core.Pc"/>: a core need not know it for the others.</summary>
    static virtual bool ReadsPc => false;

    /// <summary>Executes <paramref name="insn"/> on <paramref name="core"/>, in the order of the manual's pseudocode.</summary>
    static abstract Flow Execute<TCore>(ref TCore core, in A64Insn insn)
        where TCore : struct, IA64Core, allows ref struct;
}

/// <summary>Makes something of an operation whose type is known only to the row that names it.</summary>
/// <typeparam name="TResult">What is made: a handler's address, a delegate, a name.</typeparam>
public interface IA64OperationVisitor<out TResult>
{
    /// <summary>Called with the operation's own type.</summary>
    TResult Visit<TOp>()
        where TOp : struct, IA64Op;
}

/// <summary>An operation as a value, for rows. A gear turns it into its own handler by visiting it.</summary>
public abstract class A64Operation
{
    /// <summary>The operation's name: its type's, with what it is made of in angle brackets.</summary>
    public abstract string Name { get; }

    /// <summary>Hands the operation's type to <paramref name="visitor"/>.</summary>
    public abstract TResult Accept<TResult>(IA64OperationVisitor<TResult> visitor);

    /// <summary>The operation of type <typeparamref name="TOp"/>.</summary>
    public static A64Operation Of<TOp>()
        where TOp : struct, IA64Op => A64Operation<TOp>.Instance;
}

/// <summary>The one value that stands for <typeparamref name="TOp"/>.</summary>
public sealed class A64Operation<TOp> : A64Operation
    where TOp : struct, IA64Op
{
    internal static readonly A64Operation<TOp> Instance = new();

    private A64Operation()
    {
    }

    /// <inheritdoc/>
    public override string Name => OperationName.Of(typeof(TOp));

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IA64OperationVisitor<TResult> visitor) => visitor.Visit<TOp>();
}
