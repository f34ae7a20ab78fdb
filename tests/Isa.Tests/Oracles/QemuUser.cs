using System.ComponentModel;
using System.Diagnostics;

namespace RcuEmu.Isa.Tests.Oracles;

/// <summary>A program of our own making in QEMU's user mode: code and data at given addresses, what it writes to its standard output.</summary>
internal static class QemuUser
{
    private const int HeaderBytes = 64, SegmentBytes = 56, FileAlign = 4096;

    /// <summary>ELF machine numbers.</summary>
    public const ushort Arm64 = 183, X64 = 62;

    /// <summary>Runs code, entered at its first byte, beside writable data, on one of QEMU's processors.</summary>
    public static byte[] Run(string emulator, string cpu, ushort machine, (ulong Address, byte[] Bytes) code, (ulong Address, byte[] Bytes) data)
    {
        string folder = Directory.CreateTempSubdirectory("rcuemu-qemu-").FullName;
        try
        {
            string program = Path.Combine(folder, "program");
            File.WriteAllBytes(program, Elf(machine, code, data));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            using Process process = Start(emulator, cpu, program);
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output.ToArray();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string emulator, string cpu, string program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(emulator, ["-cpu", cpu, program]) { RedirectStandardOutput = true })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip($"needs {emulator}: install qemu-user");
            throw;
        }
    }

    // ELF-64, two PT_LOAD segments. System V ABI, "ELF Header", "Program Header".
    private static byte[] Elf(ushort machine, (ulong Address, byte[] Bytes) code, (ulong Address, byte[] Bytes) data)
    {
        int dataAt = FileAlign + ((code.Bytes.Length + FileAlign - 1) / FileAlign * FileAlign);
        byte[] file = new byte[dataAt + data.Bytes.Length];
        using var writer = new BinaryWriter(new MemoryStream(file));
        writer.Write([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.Write((ushort)2); // ET_EXEC
        writer.Write(machine);
        writer.Write(1);
        writer.Write(code.Address);
        writer.Write((ulong)HeaderBytes);
        writer.Write(0UL);
        writer.Write(0);
        foreach (ushort field in new ushort[] { HeaderBytes, SegmentBytes, 2, 0, 0, 0 })
            writer.Write(field);

        Segment(writer, 5, FileAlign, code); // R, X
        Segment(writer, 6, dataAt, data);    // R, W
        code.Bytes.CopyTo(file, FileAlign);
        data.Bytes.CopyTo(file, dataAt);
        return file;
    }

    private static void Segment(BinaryWriter writer, int flags, int offset, (ulong Address, byte[] Bytes) segment)
    {
        writer.Write(1); // PT_LOAD
        writer.Write(flags);
        ulong bytes = (ulong)segment.Bytes.Length;
        foreach (ulong field in new[] { (ulong)offset, segment.Address, segment.Address, bytes, bytes, (ulong)FileAlign })
            writer.Write(field);
    }
}
