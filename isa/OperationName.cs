namespace RcuEmu.Isa;

/// <summary>An operation's name for people: its type's, with its arguments, as in <c>Alu&lt;Add, S32, Reg0, Mem&gt;</c>.</summary>
internal static class OperationName
{
    /// <summary>The name of a type. Allocates.</summary>
    public static string Of(Type type)
    {
        int end = type.Name.IndexOf('`', StringComparison.Ordinal);
        return end < 0 ? type.Name : $"{type.Name[..end]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }
}
