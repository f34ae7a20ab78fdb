using System.Globalization;

namespace RcuEmu.Bench;

/// <summary>One program of <c>workloads/COUNTS.tsv</c>, built by <c>workloads/build.sh</c>.</summary>
/// <param name="Name">alu, mem, ftrace, patch or mixed.</param>
/// <param name="Arch">arm64 or x86_64.</param>
/// <param name="N">The amount of work.</param>
/// <param name="Instructions">How many instructions it executes.</param>
/// <param name="Result">What it returns.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record Workload(string Name, string Arch, ulong N, long Instructions, ulong Result, byte[] Bytes)
{
    public const ulong Ram = 0x10_0000;
    public const int RamBytes = 0x20_0000;
    public const ulong Exit = 0x1f_0000;
    public const ulong Data = 0x20_0000;
    public const ulong StackPointer = 0x2f_ff00;

    public bool IsArm64 => Arch == "arm64";

    /// <summary>The registers it starts with, by name.</summary>
    public (string Register, ulong Value)[] Start => IsArm64
        ? [("pc", Ram), ("x0", N), ("x1", Data), ("sp", StackPointer), ("x30", Exit)]
        : [("rip", Ram), ("rdi", N), ("rsi", Data), ("rsp", StackPointer - 8)];

    /// <summary>The register that holds its result.</summary>
    public string ResultRegister => IsArm64 ? "x0" : "rax";

    /// <summary>Memory as it is when the program starts.</summary>
    public byte[] Image()
    {
        byte[] image = new byte[RamBytes];
        Bytes.CopyTo(image, 0);
        BitConverter.TryWriteBytes(image.AsSpan((int)(StackPointer - 8 - Ram)), Exit);
        return image;
    }

    /// <summary>All rows of a folder with <c>COUNTS.tsv</c> and <c>blobs</c>.</summary>
    public static IEnumerable<Workload> ReadAll(string folder)
    {
        foreach (string line in File.ReadLines(Path.Combine(folder, "COUNTS.tsv")).Where(line => !line.StartsWith('#')))
        {
            string[] field = line.Split('\t');
            string blob = Path.Combine(folder, "blobs", $"{field[0]}.{field[1]}.bin");
            yield return new Workload(
                field[0],
                field[1],
                ulong.Parse(field[2], CultureInfo.InvariantCulture),
                long.Parse(field[3], CultureInfo.InvariantCulture),
                Convert.ToUInt64(field[4], 16),
                File.ReadAllBytes(blob));
        }
    }
}
