namespace RcuEmu.Isa.Text;

/// <summary>Assembly text that cannot be assembled: <c>FILE:LINE:COLUMN: found …; expected …</c>.</summary>
public sealed class AssemblyException : UserErrorException
{
    /// <summary>Makes the error; line and column are counted from 1.</summary>
    public AssemblyException(string file, int line, int column, string found, string expected)
        : this(file, line, column, $"found {found}; expected {expected}")
    {
    }

    /// <summary>Makes an error that says in its own words what was found and what would be right.</summary>
    public AssemblyException(string file, int line, int column, string message)
        : base($"{file}:{line}:{column}: {message}")
    {
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>Needed by the exception pattern: a message without a place.</summary>
    public AssemblyException(string message)
        : base(message)
    {
    }

    /// <summary>Needed by the exception pattern: a message without a place.</summary>
    public AssemblyException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Needed by the exception pattern; says nothing.</summary>
    public AssemblyException()
    {
    }

    /// <summary>What the caller named the text.</summary>
    public string File { get; } = "";

    /// <summary>The line, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The column, counted from 1, in characters.</summary>
    public int Column { get; }
}
