namespace RcuEmu.Emulator.Debugging.Expressions;

/// <summary>What an expression can name and change.</summary>
public interface IExpressionScope
{
    /// <summary>A register, a convenience variable or a number of the model, without the dollar sign. Null: there is none of this name.</summary>
    /// <remarks>Asked once when the expression is parsed; the result is asked whenever it is evaluated.</remarks>
    Func<DebugValue>? Variable(string name);

    /// <summary>Value number <paramref name="index"/> of the history; 0: the last, -1: the one before it.</summary>
    DebugValue? History(int index, bool fromEnd);

    /// <summary>The address of a symbol, or null.</summary>
    ulong? Symbol(string name);

    /// <summary>Reads bytes of memory. Throws where they are not mapped.</summary>
    ulong Read(ulong address, int bytes);

    /// <summary>Sets a register or a convenience variable.</summary>
    void SetVariable(string name, DebugValue value);

    /// <summary>Writes bytes of memory.</summary>
    void Write(ulong address, int bytes, ulong value);
}
