using System.CommandLine;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Verbs;

/// <summary>Instruction sets as users write them.</summary>
internal static class ArchitectureNames
{
    /// <summary>What the help shows.</summary>
    public const string Form = "arm64|x86-64";

    /// <summary>The name in reports.</summary>
    public static string Of(Architecture architecture) => architecture == Architecture.Arm64 ? "arm64" : "x86-64";

    /// <summary>Also takes what Debian, the kernel and GNU call them.</summary>
    public static Architecture Parse(string text) => text switch
    {
        "arm64" or "aarch64" => Architecture.Arm64,
        "x86-64" or "x86_64" or "amd64" or "x64" => Architecture.X64,
        _ => throw new UserErrorException($"--arch: '{text}' is no architecture; write arm64 or x86-64"),
    };

    /// <summary>The value of an option that need not be there.</summary>
    public static Architecture? Of(ParseResult line, Option<string?> option) =>
        line.GetValue(option) is { } text ? Parse(text) : null;
}
