using RcuEmu.Emulator.Cores;
using RcuEmu.Emulator.Debugging.Expressions;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Commands;

/// <summary>Memory, registers, expressions.</summary>
internal static class DataCommands
{
    private const int MostInstructions = 4096;

    public static IReadOnlyList<DebugCommand> All { get; } =
    [
        new("x", [], "x[/NFU] [ADDRESS]",
            "Examines memory: N units in format F (x d u o t c a z i s) of size U (b h w g). Instructions that a core could fetch in another "
            + "version than memory holds say so. Without an address it goes on behind what was shown last.",
            "x/4i $pc", Examine)
        { Repeats = true },
        new("print", ["p", "inspect", "call"], "print[/F] EXPRESSION",
            "Evaluates an expression and keeps its value as $1, $2 and so on. With = it writes, as set does.",
            "print/x $sp + 8", Print),
        new("output", [], "output[/F] EXPRESSION",
            "Prints a value without keeping it.",
            "output $pc", (shell, args) =>
            {
                (string format, string text) = Format(args);
                shell.Say(ValueText.Of(shell.Session.Model, shell.Evaluate(text), format));
            }),
        new("set", [], "set $REGISTER = VALUE",
            "Writes a register, memory ({type}address, *(type *)address) or a variable of yours ($name). A write to the machine is a step of the timeline; "
            + "in the past it begins another one.",
            "set $x0 = 5", (shell, args) => Assign(shell, args)),
        new("set variable", [], "set variable LEFT = VALUE",
            "The same as set.",
            "set variable {int}0x200000 = 7", (shell, args) => Assign(shell, args)),
        new("display", [], "display[/F] EXPRESSION",
            "Shows an expression, or memory where the format has a count or i, at every stop.",
            "display/2i $pc", Display),
        new("disassemble", ["disas"], "disassemble [PLACE[,+BYTES]]",
            "Shows the instructions of the function around a place, or of BYTES bytes from there.",
            "disassemble traced", Disassemble)
        { Completes = (shell, text) => shell.Session.Model.SymbolsLike(text) },
    ];

    /// <summary>The format behind a slash, and what follows it.</summary>
    public static (string Format, string Text) Format(string args)
    {
        if (!args.StartsWith('/'))
            return ("", args);

        int end = args.IndexOf(' ', StringComparison.Ordinal);
        return end < 0 ? (args[1..], "") : (args[1..end], args[end..].Trim());
    }

    private static void Examine(DebugShell shell, string args)
    {
        (string format, string text) = Format(args);
        shell.Memory.Examine(format, text);
    }

    private static void Print(DebugShell shell, string args)
    {
        (string format, string text) = Format(args);
        DebugValue value;
        if (Assignment(text) is var at and >= 0)
        {
            Assign(shell, text, at);
            value = shell.Evaluate(text[..at]);
        }
        else
        {
            value = text.Length == 0 ? shell.Evaluate("$") : shell.Evaluate(text);
        }

        string printed = ValueText.Of(shell.Session.Model, value, format);
        shell.Say($"${shell.Session.Scope.Remember(value)} = {printed}");
    }

    private static void Assign(DebugShell shell, string args)
    {
        int at = Assignment(args);
        if (at < 0)
            throw new UserErrorException("set takes LEFT = VALUE, where LEFT is $register, {type}address or *(type *)address; see 'help set'");

        Assign(shell, args, at);
    }

    private static void Assign(DebugShell shell, string text, int at)
    {
        string right = text[(at + 1)..].Trim(), left = text[..at].Trim();
        DebugValue value = DebugExpression.Parse(right, shell.Session.Scope).Value;
        DebugExpression.Parse(left, shell.Session.Scope).Assign(value);
        shell.Offered = null;
        shell.TellFork();
    }

    // The one "=" that is no part of ==, !=, <= or >=.
    private static int Assignment(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '=')
                continue;
            if (i + 1 < text.Length && text[i + 1] == '=')
                i++;
            else if (i == 0 || text[i - 1] is not ('!' or '<' or '>'))
                return i;
        }

        return -1;
    }

    private static void Display(DebugShell shell, string args)
    {
        if (args.Length == 0)
        {
            shell.Printer.Displays();
            return;
        }

        (string format, string text) = Format(args);
        DebugExpression.Parse(text, shell.Session.Scope);
        int number = shell.Displays.Count == 0 ? 1 : shell.Displays[^1].Number + 1;
        shell.Displays.Add((number, format, text));
        shell.Printer.Displays();
    }

    private static void Disassemble(DebugShell shell, string args)
    {
        string[] parts = args.Split(',', 2);
        ulong address = parts[0].Trim().Length > 0 ? shell.Place(parts[0].Trim())
            : shell.Session.SelectedContext is { } context ? shell.Session.Machine.Engine.Pc(context)
            : throw new UserErrorException("no instructions are executed here; give a place");
        (ulong start, ulong length) = parts.Length > 1 ? (address, Length(shell, parts[1].Trim(), address)) : Around(shell, address);
        if (parts.Length == 1)
            shell.Say($"Dump of {shell.Session.Model.Format(start) ?? $"0x{start:x}"}, {length} bytes:");

        Span<byte> bytes = stackalloc byte[15];
        int shown = 0;
        for (ulong at = start; at < start + length && shown < MostInstructions; shown++)
        {
            int mapped = shell.Session.Read(at, bytes);
            InstructionText.Of(shell.Session.Machine.Architecture, bytes[..mapped], at, out int size);
            shell.Memory.Instructions(at, 1);
            at += (ulong)Math.Max(1, size);
        }
    }

    private static ulong Length(DebugShell shell, string text, ulong address)
    {
        if (text.StartsWith('+'))
            return shell.Evaluate(text[1..]).Bits;

        ulong end = shell.Evaluate(text).Bits;
        return end > address ? end - address : throw new UserErrorException($"the end 0x{end:x} is not behind 0x{address:x}");
    }

    private static (ulong, ulong) Around(DebugShell shell, ulong address)
    {
        string name = shell.Session.Model.Format(address) ?? throw new UserErrorException($"no function contains 0x{address:x}; give a length: disassemble PLACE,+BYTES");
        int plus = name.LastIndexOf("+0x", StringComparison.Ordinal);
        return shell.Session.Model.Range(plus < 0 ? name : name[..plus]) ?? (address, 16);
    }
}
