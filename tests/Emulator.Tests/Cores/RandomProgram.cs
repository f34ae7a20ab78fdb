using RcuEmu.Isa;

namespace RcuEmu.Emulator.Tests.Cores;

/// <summary>Machines for random bytes, most of which are instructions.</summary>
internal static class RandomProgram
{
    /// <summary>
    /// A machine whose text is <paramref name="text"/>; registers hold places in text, data and stack, or
    /// <paramref name="values"/> as they are. On arm64 most words are made allocated ones by taking their top byte from a list.
    /// </summary>
    public static CoreMachine Make(Architecture architecture, byte[] text, ulong[] values)
    {
        if (architecture == Architecture.Arm64)
            text = AsWords(text);

        var m = new CoreMachine(architecture, text, textRights: Emulator.Memory.Rights.Read | Emulator.Memory.Rights.Execute);
        string[] names = [.. m.Machine.Engine.RegisterNames.Take(16)];
        for (int i = 0; i < names.Length; i++)
            m[names[i]] = Place(values[i]);

        m[architecture == Architecture.X64 ? "rsp" : "sp"] = CoreMachine.Stack + 0x800;
        return m;
    }

    private static ulong Place(ulong value) => (value >> 60) switch
    {
        < 6 => CoreMachine.Data + (value & 0x1ff8),
        < 8 => CoreMachine.Text + (value & 0xfc),
        < 10 => CoreMachine.Stack + (value & 0xff8),
        < 12 => value & 0x3f,
        < 14 => (ulong)-(long)(value & 0xff),
        _ => value,
    };

    // Top bytes of data processing, branches, loads and stores, system. DDI 0487, C4.1.
    private static byte[] AsWords(byte[] text)
    {
        ReadOnlySpan<byte> tops =
        [
            0x0a, 0x0b, 0x11, 0x12, 0x1a, 0x1b, 0x2a, 0x2b, 0x31, 0x32, 0x4a, 0x52, 0x53, 0x6b, 0x71, 0x72, 0x8a, 0x8b, 0x91, 0x92,
            0x9a, 0x9b, 0xaa, 0xb1, 0xca, 0xcb, 0xd1, 0xd2, 0xd3, 0xda, 0xea, 0xeb, 0xf1, 0xf2, 0xfa, 0xf9, 0xb9, 0x39, 0x79, 0xa9,
            0x29, 0xf8, 0xb8, 0x38, 0x78, 0xa8, 0x10, 0x90, 0x14, 0x54, 0x34, 0xb5, 0x36, 0x37, 0xd5, 0xd6, 0x58, 0xc8, 0x88, 0x08,
        ];
        byte[] words = [.. text];
        for (int i = 3; i < words.Length; i += 4)
        {
            words[i] = tops[words[i] % tops.Length];
            // Branches stay near.
            if (words[i] is 0x14 or 0x54 or 0x34 or 0xb5)
                (words[i - 1], words[i - 2]) = ((byte)(words[i - 1] & 0x00), (byte)(words[i - 2] & 0x03));
        }

        return words;
    }
}
