using System.Text;

namespace RcuEmu.Trampolines.Loading;

/// <summary>One member of a structure or union.</summary>
/// <param name="Name">Its name; empty for an anonymous structure or union.</param>
/// <param name="Type">Its type as C spells it; of a pointer to a function the parameters are left out.</param>
/// <param name="BitOffset">From the start of the structure, in bits.</param>
/// <param name="BitSize">Bits of a bit-field, 0 for an ordinary member.</param>
/// <param name="Size">Bytes of its type; 0 for one without a size.</param>
public sealed record BtfMember(string Name, string Type, int BitOffset, int BitSize, int Size)
{
    /// <summary>From the start of the structure, in bytes, rounded down.</summary>
    public int Offset => BitOffset / 8;
}

/// <summary>One parameter of a function.</summary>
/// <param name="Name">Its name, where the type has one.</param>
/// <param name="Type">Its type as C spells it; <c>...</c> at the end of a variadic function.</param>
public sealed record BtfParameter(string Name, string Type);

/// <summary>A function's type.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="ReturnType">What it returns.</param>
/// <param name="Parameters">In order.</param>
public sealed record BtfFunction(string Name, string ReturnType, IReadOnlyList<BtfParameter> Parameters);

/// <summary>The types of a kernel: sizes, member offsets, enumerators, prototypes.</summary>
/// <remarks>Documentation/bpf/btf.rst (6.12). Left out: declaration tags, variables and data sections are skipped.</remarks>
public sealed class BtfTypes
{
    private const int DeepestType = 32;
    private readonly BtfReader _reader;
    private readonly NameIndex _byName;
    private readonly Lazy<Dictionary<string, long>> _enumerators;

    internal BtfTypes(InputBytes bytes)
    {
        _reader = new BtfReader(bytes);
        _byName = new NameIndex(_reader);
        _enumerators = new Lazy<Dictionary<string, long>>(ReadEnumerators);
    }

    /// <summary>How many types there are, <c>void</c> included.</summary>
    public int Count => _reader.Count;

    /// <summary>Reads a BTF blob (a <c>.BTF</c> section, <c>/sys/kernel/btf/vmlinux</c>); <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="Isa.UserErrorException">It is damaged or not BTF.</exception>
    public static BtfTypes Parse(string fileName, ReadOnlyMemory<byte> bytes) => new(new InputBytes(fileName, bytes));

    /// <summary>Bytes of the structure or union of this name (or typedef of one), or null where there is none.</summary>
    public int? StructSize(string name) => FindStruct(name) is { } type ? type.SizeOrType : null;

    /// <summary>
    /// The offset in bytes of a member, or null where structure or member do not exist. A path of names (<c>se.on_rq</c>) goes into
    /// members; anonymous structures and unions are searched as C does.
    /// </summary>
    public int? OffsetOf(string structName, string memberPath) => FindMember(structName, memberPath)?.Offset;

    /// <summary>The member that <see cref="OffsetOf"/> finds, with its offset from the outermost structure.</summary>
    public BtfMember? FindMember(string structName, string memberPath)
    {
        BtfType? type = FindStruct(structName);
        (BtfMember Member, int Type)? found = null;
        foreach (string name in memberPath.Split('.'))
        {
            if (type is not { } structure)
                return null;

            found = Search(structure, Encoding.Latin1.GetBytes(name), found?.Member.BitOffset ?? 0, []);
            type = found is { } hit ? AsStruct(Resolve(hit.Type)) : null;
        }

        return found?.Member;
    }

    /// <summary>The members of a structure or union in order, anonymous ones with an empty name; null where there is none of this name.</summary>
    public IReadOnlyList<BtfMember>? MembersOf(string structName)
    {
        if (FindStruct(structName) is not { } type)
            return null;

        var members = new BtfMember[type.Entries];
        for (int i = 0; i < members.Length; i++)
            members[i] = Member(type, i, 0).Member;

        return members;
    }

    /// <summary>The enumerators of an enumeration in order; null where there is none of this name.</summary>
    public IReadOnlyList<KeyValuePair<string, long>>? EnumValues(string enumName)
    {
        byte[] wanted = Encoding.Latin1.GetBytes(enumName);
        for (int number = _byName.First(wanted); number >= 0; number = _byName.Next(number, wanted))
        {
            BtfType type = Resolve(number);
            if (type.Kind is BtfKind.Enum or BtfKind.Enum64)
                return [.. Enumerators(type).Select(one => KeyValuePair.Create(_reader.Name(one.Name), one.Value))];
        }

        return null;
    }

    /// <summary>The value of an enumerator of any enumeration (<c>SYSTEM_RUNNING</c>), the first of several; null where there is none.</summary>
    public long? EnumValue(string enumerator) => _enumerators.Value.TryGetValue(enumerator, out long value) ? value : null;

    /// <summary>The type of a function, or null where there is none of this name. Static functions may share one: the first.</summary>
    public BtfFunction? FindFunction(string name)
    {
        byte[] wanted = Encoding.Latin1.GetBytes(name);
        for (int number = _byName.First(wanted); number >= 0; number = _byName.Next(number, wanted))
        {
            if (_reader[number] is { Kind: BtfKind.Function } function && _reader[function.SizeOrType] is { Kind: BtfKind.Prototype } type)
                return new BtfFunction(name, Spell(type.SizeOrType), Parameters(type));
        }

        return null;
    }

    private BtfParameter[] Parameters(BtfType prototype)
    {
        var parameters = new BtfParameter[prototype.Entries];
        for (int i = 0; i < parameters.Length; i++)
        {
            uint name = _reader.U32(prototype.Tail + 8 * i);
            int type = (int)_reader.U32(prototype.Tail + 8 * i + 4);
            parameters[i] = new BtfParameter(_reader.Name(name), type == 0 ? "..." : Spell(type));
        }

        return parameters;
    }

    private BtfType? FindStruct(string name)
    {
        byte[] wanted = Encoding.Latin1.GetBytes(name);
        for (int number = _byName.First(wanted); number >= 0; number = _byName.Next(number, wanted))
        {
            if (AsStruct(Resolve(number)) is { } type && _reader[number].Kind is BtfKind.Struct or BtfKind.Union or BtfKind.Typedef)
                return type;
        }

        return null;
    }

    private static BtfType? AsStruct(BtfType type) => type.Kind is BtfKind.Struct or BtfKind.Union ? type : null;

    /// <summary>Goes through typedefs and qualifiers.</summary>
    private BtfType Resolve(int number)
    {
        BtfType type = _reader[number];
        for (int depth = 0; depth < DeepestType && IsTransparent(type.Kind); depth++)
            type = _reader[type.SizeOrType];

        return type;
    }

    private static bool IsTransparent(BtfKind kind) =>
        kind is BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.TypeTag;

    /// <summary>Member number <paramref name="index"/> and the number of its type.</summary>
    private (BtfMember Member, int Type) Member(in BtfType structure, int index, int outerBits)
    {
        int at = structure.Tail + 12 * index;
        int type = (int)_reader.U32(at + 4);
        uint where = _reader.U32(at + 8);
        (int bits, int bitSize) = structure.Flag ? ((int)(where & 0xffffff), (int)(where >> 24)) : ((int)where, 0);
        return (new BtfMember(_reader.Name(_reader.U32(at)), Spell(type), outerBits + bits, bitSize, SizeOf(type, 0)), type);
    }

    /// <summary>Looks for a member, in anonymous members too. A type that was searched once is not searched again.</summary>
    private (BtfMember Member, int Type)? Search(BtfType structure, byte[] name, int outerBits, HashSet<int> searched)
    {
        if (!searched.Add(structure.Tail) || searched.Count > 1000)
            return null;

        for (int i = 0; i < structure.Entries; i++)
        {
            uint nameOffset = _reader.U32(structure.Tail + 12 * i);
            if (nameOffset != 0 && _reader.NameIs(nameOffset, name))
                return Member(structure, i, outerBits);
            if (nameOffset != 0 || AsStruct(Resolve((int)_reader.U32(structure.Tail + 12 * i + 4))) is not { } inner)
                continue;
            if (Search(inner, name, Member(structure, i, outerBits).Member.BitOffset, searched) is { } found)
                return found;
        }

        return null;
    }

    private int SizeOf(int number, int depth)
    {
        BtfType type = Resolve(number);
        switch (type.Kind)
        {
            case BtfKind.Pointer:
                return 8;
            case BtfKind.Array when depth < DeepestType:
                long bytes = (long)SizeOf((int)_reader.U32(type.Tail), depth + 1) * _reader.U32(type.Tail + 8);
                return bytes is >= 0 and <= int.MaxValue ? (int)bytes : 0;
            case BtfKind.Int or BtfKind.Float or BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64:
                return type.SizeOrType;
            default:
                return 0;
        }
    }

    /// <summary>A type as C spells it.</summary>
    private string Spell(int number)
    {
        string suffix = "", qualifiers = "";
        for (int depth = 0; depth < DeepestType; depth++)
        {
            BtfType type = _reader[number];
            switch (type.Kind)
            {
                case BtfKind.Pointer:
                    suffix = "*" + suffix;
                    number = type.SizeOrType;
                    break;
                case BtfKind.Array:
                    suffix += $"[{_reader.U32(type.Tail + 8)}]";
                    number = (int)_reader.U32(type.Tail);
                    break;
                case BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict:
                    qualifiers += type.Kind switch { BtfKind.Const => "const ", BtfKind.Volatile => "volatile ", _ => "" };
                    number = type.SizeOrType;
                    break;
                case BtfKind.TypeTag:
                    number = type.SizeOrType;
                    break;
                default:
                    return $"{qualifiers}{Word(type)}{(suffix.Length > 0 ? " " : "")}{suffix}";
            }
        }

        return "?";
    }

    private string Word(in BtfType type)
    {
        string name = type.NameOffset == 0 ? "{…}" : _reader.Name(type.NameOffset);
        return type.Kind switch
        {
            BtfKind.Void => "void",
            BtfKind.Struct => "struct " + name,
            BtfKind.Union => "union " + name,
            BtfKind.Enum or BtfKind.Enum64 => "enum " + name,
            BtfKind.Forward => (type.Flag ? "union " : "struct ") + name,
            BtfKind.Prototype => "(…)",
            _ => name,
        };
    }

    private IEnumerable<(uint Name, long Value)> Enumerators(BtfType type)
    {
        int size = type.Kind == BtfKind.Enum64 ? 12 : 8;
        for (int i = 0; i < type.Entries; i++)
        {
            int at = type.Tail + size * i;
            uint low = _reader.U32(at + 4);
            long value = size == 12 ? (long)(((ulong)_reader.U32(at + 8) << 32) | low) : type.Flag ? (int)low : low;
            yield return (_reader.U32(at), value);
        }
    }

    private Dictionary<string, long> ReadEnumerators()
    {
        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int number = 1; number < _reader.Count; number++)
        {
            if (_reader[number] is { Kind: BtfKind.Enum or BtfKind.Enum64 } type)
            {
                foreach ((uint name, long value) in Enumerators(type))
                    values.TryAdd(_reader.Name(name), value);
            }
        }

        return values;
    }
}
