using System.Globalization;
using System.Text;

namespace RcuEmu.Isa.Arm64;

/// <summary>A64 words as text, in the spelling of the GNU tools and with the aliases that the manual prefers.</summary>
public static class A64Disassembler
{
    /// <summary>The text of <paramref name="word"/>, which stands at <paramref name="pc"/>.</summary>
    /// <param name="word">The instruction.</param>
    /// <param name="pc">Its address: branch targets are printed as addresses.</param>
    /// <param name="symbolize">Names an address (<c>name+0x8</c>), or gives null. The name follows the target in angle brackets.</param>
    /// <returns>One blank after the mnemonic. <c>.inst 0x…</c> with what is known of it where no row has the word.</returns>
    public static string Format(uint word, ulong pc, Func<ulong, string?>? symbolize = null)
    {
        A64Row? row = A64Decoder.Find(word);
        if (row is null)
            return string.Create(CultureInfo.InvariantCulture, $".inst 0x{word:x8} // {A64Decoder.Status(word)}");
        var text = new StringBuilder(48);
        row.Preferred(word).Format(word, new A64FormatContext(pc, symbolize), text);
        return text.ToString();
    }
}
