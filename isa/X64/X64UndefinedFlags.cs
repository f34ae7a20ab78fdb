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
/// <item><term>ROL, ROR, RCL, RCR</term><description>OF is what the last of the single-bit rotates would give.</description></item>
/// <item><term>SHLD, SHRD</term><description>AF is cleared, OF as for SHL and SHR. A word shifted by more than 16 goes on with its own bits.</description></item>
/// <item><term>MUL, IMUL</term><description>SF, ZF and PF follow the low half, AF is cleared.</description></item>
/// <item><term>DIV, IDIV, BSF, BSR, BT, BTS, BTR, BTC, LZCNT, TZCNT</term><description>Undefined flags keep what they were.</description></item>
/// <item><term>BSF, BSR of 0</term><description>The destination keeps what it was, its upper half too.</description></item>
/// <item><term>ANDN, BLSR, BLSMSK, BLSI, BZHI, BEXTR</term><description>SF and PF follow the result, AF is cleared.</description></item>
/// <item><term>CMPXCHG r32, r32 that fails</term><description>The destination keeps its upper half, as an AMD EPYC does; the SDM's pseudocode writes it.</description></item>
/// <item><term>BSWAP r16</term><description>The result is 0.</description></item>
/// </list>
/// </remarks>
internal static class X64UndefinedFlags
{
}
