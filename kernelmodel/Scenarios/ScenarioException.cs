using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Scenarios;

/// <summary>Something in a scenario file is wrong; the message begins with <c>FILE:LINE:COLUMN:</c>.</summary>
public class ScenarioException : UserErrorException
{
    /// <summary>Makes an error at a place of a file, both counted from 1.</summary>
    public ScenarioException(string file, long line, long column, string message)
        : base($"{file}:{line}:{column}: {message}") => (File, Line, Column) = (file, line, column);

    /// <summary>Needed by the exception pattern.</summary>
    public ScenarioException()
    {
    }

    /// <summary>Needed by the exception pattern.</summary>
    public ScenarioException(string message)
        : base(message)
    {
    }

    /// <summary>Needed by the exception pattern.</summary>
    public ScenarioException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>The file as it was named.</summary>
    public string File { get; } = "";

    /// <summary>Counted from 1.</summary>
    public long Line { get; }

    /// <summary>Counted from 1.</summary>
    public long Column { get; }
}

/// <summary>A scenario asks for a build that Kconfig cannot give. In a matrix such a variant is shown as what cannot be.</summary>
public sealed class ImpossibleException : ScenarioException
{
    /// <summary>Makes an error at a place of a file; <paramref name="reason"/> is Kconfig's alone.</summary>
    public ImpossibleException(string file, long line, long column, string message, string reason)
        : base(file, line, column, message) => Reason = reason;

    /// <summary>Needed by the exception pattern.</summary>
    public ImpossibleException()
    {
    }

    /// <summary>Needed by the exception pattern.</summary>
    public ImpossibleException(string message)
        : base(message)
    {
    }

    /// <summary>Needed by the exception pattern.</summary>
    public ImpossibleException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>What Kconfig says.</summary>
    public string Reason { get; } = "";
}
