using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using RcuEmu.Isa;
using RcuEmu.Isa.Text;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>A litmus test as bytes at addresses: each location on a line of its own, each thread's code on a page of its own.</summary>
internal sealed partial class LitmusLayout
{
    public const ulong Code = 0x1000_0000;
    public const ulong CodeStep = 0x10000;
    public const ulong Data = 0x7000_0000;
    public const ulong Stacks = 0x7800_0000;
    public const ulong StackStep = 0x1000;
    private const ulong Line = 64;

    // Labels that no test can have: a label of a test is one word.
    private const string End = "litmus.end";
    private const string Handler = "litmus.handler";

    private readonly LitmusTest _test;
    private readonly Dictionary<string, ulong> _addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LitmusType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<LitmusPlace, LitmusType> _registers = [];
    private readonly Dictionary<ulong, string> _labels = [];
    private readonly Dictionary<ulong, string> _instructions = [];
    private ulong _end = Data;

    public LitmusLayout(LitmusTest test)
    {
        _test = test;
        foreach (LitmusInit init in test.Init)
            Declare(init);

        foreach (LitmusPlace place in test.Observed.Where(place => place.Thread < 0))
            Locate(place.Name, place.Index < 0 ? LitmusType.Int : LitmusType.Int with { Count = place.Index + 1 });

        foreach (LitmusCell cell in test.Threads.Concat(test.Handlers).SelectMany(column => column))
            NameLocations(cell);

        foreach (LitmusValue value in test.Init.SelectMany(init => init.Values).Where(value => value.Name is not null && !value.Name.Contains(':', StringComparison.Ordinal)))
            Locate(value.Name!, LitmusType.Int);

        Threads = [.. test.Threads.Select(Assemble)];
        AddNames();
    }

    public Architecture Architecture => _test.Dialect == LitmusDialect.AArch64 ? Architecture.Arm64 : Architecture.X64;

    /// <summary>Bytes of data from <see cref="Data"/> on.</summary>
    public ulong DataBytes => _end - Data;

    public IReadOnlyList<AssembledCode> Threads { get; }

    public ulong AddressOf(string name) => _addresses[name];

    /// <summary>Where a thread's code ends: the thread is over there.</summary>
    public ulong EndOf(int thread) => Threads[thread].Labels[End];

    /// <summary>Where a thread goes on after an exception, or null.</summary>
    public ulong? HandlerOf(int thread) => Threads[thread].Labels.TryGetValue(Handler, out ulong at) ? at : null;

    /// <summary>The text of an instruction that the test names, by its word: <c>NOP</c>, <c>instr:"B .+12"</c>; or null.</summary>
    public string? InstructionOf(ulong word) => _instructions.GetValueOrDefault(word);

    /// <summary>The name of an address inside a location, as states print it, or null.</summary>
    public string? NameOf(ulong address)
    {
        foreach ((string name, ulong start) in _addresses)
        {
            LitmusType type = _types[name];
            ulong into = address - start;
            if (into < (ulong)(type.Bytes * Math.Max(1, type.Count)) && into % (ulong)type.Bytes == 0)
                return into == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}[{into / (ulong)type.Bytes}]");
        }

        return _labels.GetValueOrDefault(address);
    }

    /// <summary>A location's type, or a register's where the file says one, else null.</summary>
    public LitmusType? TypeOf(LitmusPlace place) =>
        place.Thread < 0 ? _types.GetValueOrDefault(place.Name) : _registers.GetValueOrDefault(place);

    /// <summary>What a value is as a number.</summary>
    public ulong Resolve(LitmusValue value)
    {
        if (value.Instruction is { } instruction)
            return Encode(instruction, value.At);

        if (value.Name is not { } name)
            return value.Number;

        if (_addresses.TryGetValue(name, out ulong address))
            return address + (ulong)(value.Index * _types[name].Bytes);

        Match label = LabelOfThread().Match(name);
        int thread = label.Success ? int.Parse(label.Groups[1].Value, CultureInfo.InvariantCulture) : -1;
        return thread >= 0 && thread < Threads.Count && Threads[thread].Labels.TryGetValue(label.Groups[2].Value, out address)
            ? address
            : throw _test.Source.Error(value.At, $"found '{LitmusText.Clip(name)}', which is neither a location nor a label of a thread");
    }

    private void Declare(LitmusInit init)
    {
        if (init.Place.Thread >= _test.Threads.Count)
            throw _test.Source.Error(0, $"found a register of thread {init.Place.Thread} in the init section; there are {_test.Threads.Count} threads");

        if (init.Place.Thread < 0)
            Locate(init.Place.Name, init.Type ?? (init.Values.Count > 1 ? LitmusType.Int with { Count = init.Values.Count } : LitmusType.Int));
        else if (init.Type is not null)
            _registers[init.Place] = init.Type;
    }

    private void Locate(string name, LitmusType type)
    {
        if (!_types.TryAdd(name, type))
            return;

        _addresses.Add(name, _end);
        _end += ((ulong)(type.Bytes * Math.Max(1, type.Count)) + Line - 1) / Line * Line;
    }

    private void NameLocations(LitmusCell cell)
    {
        if (_test.Dialect == LitmusDialect.AArch64)
            return;

        foreach (Match match in (_test.Dialect == LitmusDialect.X64 ? AttLocation() : IntelLocation()).Matches(cell.Text))
            Locate(match.Groups[1].Value, LitmusType.Int);
    }

    // The handler lies behind the thread's end, with a word between.
    private AssembledCode Assemble(IReadOnlyList<LitmusCell> code, int thread)
    {
        IReadOnlyList<LitmusCell> handler = _test.Handlers[thread];
        List<LitmusCell> cells = [.. code, new LitmusCell($"{End}:", 0)];
        if (handler.Count > 0)
            cells.AddRange([new LitmusCell("NOP", 0), new LitmusCell($"{Handler}:", 0), .. handler]);

        var text = new StringBuilder(_test.Dialect == LitmusDialect.X64 ? ".att_syntax\n" : ".p2align 0\n");
        foreach (LitmusCell cell in cells)
            text.Append(Translate(cell)).Append('\n');

        try
        {
            return new EmbeddedAssembler().Assemble(Architecture, text.ToString(), Code + ((ulong)thread * CodeStep), _addresses);
        }
        catch (AssemblyException error)
        {
            int at = error.Line >= 2 && error.Line - 2 < cells.Count ? cells[error.Line - 2].At : cells.Count == 0 ? 0 : cells[0].At;
            int colon = error.Message.IndexOf(": ", StringComparison.Ordinal);
            throw _test.Source.Error(at, colon < 0 ? error.Message : error.Message[(colon + 2)..]);
        }
    }

    // X86 says neither the size of a memory operand, which is 32 bits, nor register names and numbers as GNU as has them.
    private string Translate(LitmusCell cell) => _test.Dialect switch
    {
        LitmusDialect.X64 => AttLocation().Replace(cell.Text, "$1"),
        LitmusDialect.X86 => IntelLocation().Replace(cell.Text, "dword ptr [$1]").Replace("$", "", StringComparison.Ordinal),
        _ => TranslateArm(cell.Text),
    };

    // The dialect writes [X1, X2, SXTW] for [x1, w2, sxtw], LSL in capitals, and ADD of a negative immediate, which is SUB.
    private static string TranslateArm(string text)
    {
        string line = Lsl().Replace(ExtendedIndex().Replace(text, "W$1,$2"), ", lsl ");
        Match negative = NegativeImmediate().Match(line);
        return negative.Success
            ? $"{(negative.Groups[1].Value.Equals("add", StringComparison.OrdinalIgnoreCase) ? "sub" : "add")}{negative.Groups[2].Value} {negative.Groups[3].Value}, #{negative.Groups[4].Value}"
            : line;
    }

    // Code addresses by their labels, and the instructions that the file writes out: how values are printed.
    private void AddNames()
    {
        for (int i = 0; i < Threads.Count; i++)
        {
            foreach ((string label, ulong address) in Threads[i].Labels.OrderBy(one => one.Key, StringComparer.Ordinal))
            {
                if (label is not (End or Handler))
                    _labels.TryAdd(address, string.Create(CultureInfo.InvariantCulture, $"label:\"P{i}:{label}\""));
            }
        }

        foreach (LitmusValue value in _test.Init.SelectMany(init => init.Values).Concat(_test.Proposition.Values()))
        {
            if (value.Instruction is { } text)
                _instructions.TryAdd(Encode(text, value.At), text == "NOP" ? text : $"instr:\"{text}\"");
        }
    }

    private ulong Encode(string instruction, int at)
    {
        try
        {
            byte[] bytes = new EmbeddedAssembler().Assemble(Architecture, instruction, 0).Bytes;
            return bytes.Length == sizeof(uint) ? BitConverter.ToUInt32(bytes) : throw _test.Source.Error(at, "found an instruction that is not one word");
        }
        catch (AssemblyException)
        {
            throw _test.Source.Error(at, $"found instr:\"{LitmusText.Clip(instruction)}\", which does not assemble");
        }
    }

    [GeneratedRegex(@"\(([A-Za-z_]\w*)\)")]
    private static partial Regex AttLocation();

    [GeneratedRegex(@"\[([A-Za-z_]\w*)\]")]
    private static partial Regex IntelLocation();

    [GeneratedRegex(@"\bX(\d+)\s*,\s*([SU]XTW)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ExtendedIndex();

    [GeneratedRegex(@",\s*LSL\b\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Lsl();

    [GeneratedRegex(@"^(add|sub)(s?)\s+(.*?)\s*,\s*#?-(\d+)$", RegexOptions.IgnoreCase)]
    private static partial Regex NegativeImmediate();

    [GeneratedRegex(@"^P(\d{1,2}):(\w+)$")]
    private static partial Regex LabelOfThread();
}
