using System.Collections.Frozen;
using Iced.Intel;

namespace RcuEmu.Isa.X64;

/// <summary>The registers of 64-bit mode by name, as both syntaxes spell them (without the percent sign).</summary>
internal static class X64AssemblerRegisters
{
    private static readonly FrozenDictionary<string, Register> Names = Build();

    /// <summary>The register of that name, or <see cref="Register.None"/>. The stack register <c>st</c> is <c>st(0)</c>.</summary>
    public static Register Find(string name) => Names.GetValueOrDefault(name);

    private static FrozenDictionary<string, Register> Build()
    {
        var names = new Dictionary<string, Register>();
        Add(names, Register.AL, "al cl dl bl ah ch dh bh spl bpl sil dil r8b r9b r10b r11b r12b r13b r14b r15b");
        Add(names, Register.AX, "ax cx dx bx sp bp si di r8w r9w r10w r11w r12w r13w r14w r15w");
        Add(names, Register.EAX, "eax ecx edx ebx esp ebp esi edi r8d r9d r10d r11d r12d r13d r14d r15d");
        Add(names, Register.RAX, "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15");
        Add(names, Register.ES, "es cs ss ds fs gs");
        Add(names, Register.EIP, "eip rip");
        Add(names, Register.ST0, "st");
        AddNumbered(names, Register.XMM0, "xmm", 16);
        AddNumbered(names, Register.YMM0, "ymm", 16);
        AddNumbered(names, Register.K0, "k", 8);
        AddNumbered(names, Register.BND0, "bnd", 4);
        AddNumbered(names, Register.CR0, "cr", 16);
        AddNumbered(names, Register.DR0, "dr", 16);
        AddNumbered(names, Register.DR0, "db", 16);
        AddNumbered(names, Register.MM0, "mm", 8);
        return names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static void Add(Dictionary<string, Register> names, Register first, string words)
    {
        foreach (string word in words.Split(' '))
            names.Add(word, first++);
    }

    private static void AddNumbered(Dictionary<string, Register> names, Register first, string prefix, int count)
    {
        for (int i = 0; i < count; i++)
            names.Add($"{prefix}{i}", first + i);
    }
}
