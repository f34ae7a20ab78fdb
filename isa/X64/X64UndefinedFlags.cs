namespace RcuEmu.Isa.X64;

/// <summary>
/// What RcuEmu does where the SDM leaves a flag or a result undefined. Code that is right does not look at these; a
/// differential test leaves them out of the comparison (tests/data/x64/exceptions.txt names each with its section).
/// </summary>
/// <remarks>
/// <list type="table">
/// <item><term>AND, OR, XOR, TEST</term><description>AF is cleared.</description></item>
/// <item><term>SHL, SHR, SAR</term><description>AF is cleared. OF is what the last of the single-bit shifts would give. CF of
/// SHL and SHR of a byte or word by more than its size is 0.</description></item>
/// <item><term>BSWAP r16</term><description>The result is 0.</description></item>
/// </list>
/// </remarks>
internal static class X64UndefinedFlags
{
}
