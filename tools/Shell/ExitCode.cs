namespace RcuEmu.Tools.Shell;

/// <summary>What the command's exit code says. Part of its interface.</summary>
internal static class ExitCode
{
    /// <summary>Everything asked for holds.</summary>
    public const int Holds = 0;

    /// <summary>A property was violated, or the code under study ended with an event.</summary>
    public const int Violated = 1;

    /// <summary>The input or the usage was wrong: one line on standard error says where.</summary>
    public const int Usage = 2;

    /// <summary>A bound was hit, or Ctrl-C, before there was a verdict.</summary>
    public const int NotFinished = 3;

    /// <summary>A defect of RcuEmu.</summary>
    public const int Defect = 4;
}
