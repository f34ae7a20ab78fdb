namespace RcuEmu.Isa;

/// <summary>
/// Something that the user gave is wrong: a scenario, a file, an option. Caught once, at the edge, and printed as one
/// line; the message says where (<c>file:line:column</c> or <c>file, offset 0x…</c>), what was found and what would be right.
/// </summary>
public class UserErrorException : Exception
{
    /// <summary>Makes an error with the whole line that the user reads.</summary>
    public UserErrorException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an error that another one caused.</summary>
    public UserErrorException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Needed by the exception pattern; says nothing.</summary>
    public UserErrorException()
    {
    }
}
