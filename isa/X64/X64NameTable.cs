using System.Collections.Frozen;
using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>Names that the two syntaxes have beside Iced's mnemonics.</summary>
internal static class X64NameTable
{
    // Names of GNU as that Iced spells differently. Sources: GNU as, "i386-Mnemonics"; SDM Vol. 2, synonyms on each page.
    /// <summary>Mnemonics of GNU as that Iced spells differently.</summary>
    public static readonly FrozenDictionary<string, X64Reading> Synonyms = new Dictionary<string, X64Reading>
    {
        ["cbtw"] = new(Mnemonic.Cbw),
        ["cwtl"] = new(Mnemonic.Cwde),
        ["cltq"] = new(Mnemonic.Cdqe),
        ["cwtd"] = new(Mnemonic.Cwd),
        ["cltd"] = new(Mnemonic.Cdq),
        ["cqto"] = new(Mnemonic.Cqo),
        ["sal"] = new(Mnemonic.Shl),
        ["icebp"] = new(Mnemonic.Int1),
        ["fwait"] = new(Mnemonic.Wait),
        ["iret"] = new(Mnemonic.Iretd),
        ["iretl"] = new(Mnemonic.Iretd),
        ["iretw"] = new(Mnemonic.Iret),
        ["pushf"] = new(Mnemonic.Pushfq),
        ["popf"] = new(Mnemonic.Popfq),
        ["pushfw"] = new(Mnemonic.Pushf),
        ["popfw"] = new(Mnemonic.Popf),
        ["lret"] = new(Mnemonic.Retf),
        ["retn"] = new(Mnemonic.Ret),
        ["ud2a"] = new(Mnemonic.Ud2),
        ["ud2b"] = new(Mnemonic.Ud1),
        ["xlat"] = new(Mnemonic.Xlatb),
        ["ljmp"] = new(Mnemonic.Jmp, SourceBytes: 6),
        ["lcall"] = new(Mnemonic.Call, SourceBytes: 6),
        ["movslq"] = new(Mnemonic.Movsxd, 8, 4),
        ["movzbw"] = new(Mnemonic.Movzx, 2, 1),
        ["movzbl"] = new(Mnemonic.Movzx, 4, 1),
        ["movzbq"] = new(Mnemonic.Movzx, 8, 1),
        ["movzwl"] = new(Mnemonic.Movzx, 4, 2),
        ["movzwq"] = new(Mnemonic.Movzx, 8, 2),
        ["movsbw"] = new(Mnemonic.Movsx, 2, 1),
        ["movsbl"] = new(Mnemonic.Movsx, 4, 1),
        ["movsbq"] = new(Mnemonic.Movsx, 8, 1),
        ["movswl"] = new(Mnemonic.Movsx, 4, 2),
        ["movswq"] = new(Mnemonic.Movsx, 8, 2),
        ["movzb"] = new(Mnemonic.Movzx, 0, 1),
        ["movzw"] = new(Mnemonic.Movzx, 0, 2),
        ["movsl"] = new(Mnemonic.Movsd),
        ["stosl"] = new(Mnemonic.Stosd),
        ["lodsl"] = new(Mnemonic.Lodsd),
        ["scasl"] = new(Mnemonic.Scasd),
        ["cmpsl"] = new(Mnemonic.Cmpsd),
        ["insl"] = new(Mnemonic.Insd),
        ["outsl"] = new(Mnemonic.Outsd),
        ["smovl"] = new(Mnemonic.Movsd),
        ["sysexitl"] = new(Mnemonic.Sysexit),
        ["sysretl"] = new(Mnemonic.Sysret),
        ["movabs"] = new(Mnemonic.Mov, OnlyWide: true),
        ["movabsq"] = new(Mnemonic.Mov, 8, OnlyWide: true),
        ["movabsl"] = new(Mnemonic.Mov, 4, OnlyWide: true),
        ["movabsw"] = new(Mnemonic.Mov, 2, OnlyWide: true),
        ["movabsb"] = new(Mnemonic.Mov, 1, OnlyWide: true),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    // The families of string instructions: the size is the last letter, or the size of an operand.
    /// <summary>String instructions without their size.</summary>
    public static readonly FrozenDictionary<string, Mnemonic[]> StringFamilies = new Dictionary<string, Mnemonic[]>
    {
        ["movs"] = [Mnemonic.Movsb, Mnemonic.Movsw, Mnemonic.Movsd, Mnemonic.Movsq],
        ["cmps"] = [Mnemonic.Cmpsb, Mnemonic.Cmpsw, Mnemonic.Cmpsd, Mnemonic.Cmpsq],
        ["scas"] = [Mnemonic.Scasb, Mnemonic.Scasw, Mnemonic.Scasd, Mnemonic.Scasq],
        ["lods"] = [Mnemonic.Lodsb, Mnemonic.Lodsw, Mnemonic.Lodsd, Mnemonic.Lodsq],
        ["stos"] = [Mnemonic.Stosb, Mnemonic.Stosw, Mnemonic.Stosd, Mnemonic.Stosq],
        ["ins"] = [Mnemonic.Insb, Mnemonic.Insw, Mnemonic.Insd],
        ["outs"] = [Mnemonic.Outsb, Mnemonic.Outsw, Mnemonic.Outsd],
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Synonyms of conditions.</summary>
    public static readonly FrozenDictionary<string, string> Conditions = new Dictionary<string, string>
    {
        ["c"] = "b",
        ["nae"] = "b",
        ["nc"] = "ae",
        ["nb"] = "ae",
        ["z"] = "e",
        ["nz"] = "ne",
        ["na"] = "be",
        ["nbe"] = "a",
        ["pe"] = "p",
        ["po"] = "np",
        ["nge"] = "l",
        ["nl"] = "ge",
        ["ng"] = "le",
        ["nle"] = "g",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Prefixes by name.</summary>
    public static readonly FrozenDictionary<string, byte> Prefixes = new Dictionary<string, byte>
    {
        ["es"] = 0x26,
        ["cs"] = 0x2e,
        ["ss"] = 0x36,
        ["ds"] = 0x3e,
        ["fs"] = 0x64,
        ["gs"] = 0x65,
        ["notrack"] = 0x3e,
        ["data16"] = 0x66,
        ["addr32"] = 0x67,
        ["lock"] = 0xf0,
        ["repne"] = 0xf2,
        ["repnz"] = 0xf2,
        ["bnd"] = 0xf2,
        ["xacquire"] = 0xf2,
        ["rep"] = 0xf3,
        ["repe"] = 0xf3,
        ["repz"] = 0xf3,
        ["xrelease"] = 0xf3,
        ["rex"] = 0x40,
        ["rex.w"] = 0x48,
        ["rex64"] = 0x48,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
}
