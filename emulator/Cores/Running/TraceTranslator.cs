using System.Collections.Concurrent;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>
/// Translates traces into host code: a method that calls the operations of a trace one after the other, with their decoded fields as
/// constants. The JIT inlines them, so that what an instruction does is still said once.
/// </summary>
/// <remarks>
/// The method is a handler like any other. It does the whole trace only where the budget allows more than that, and goes on with the first
/// operation's own handler otherwise; it leaves, with everything as it was before the instruction in hand, where that cannot go on. Everything
/// outside the trace is addressed from its first operation, so machines that execute the same code share its translation.
/// </remarks>
internal static class TraceTranslator
{
    // Translations are kept for the life of the process.
    private const int MaxTranslations = 4096;

    private static readonly ConcurrentDictionary<Key, Translation> Known = new();

    /// <summary>False where methods cannot be made, or not be found, while the program runs.</summary>
    public static bool IsPossible { get; private set; } = RuntimeFeature.IsDynamicCodeCompiled;

    /// <summary>The handler of a trace, or 0 where it cannot have one. <paramref name="code"/>: what tells it from other traces.</summary>
    public static nint Translate(Trace trace, byte[] code, int scale, Func<TraceStep, TraceMeaning> meaning)
    {
        var key = new Key(code);
        if (Known.TryGetValue(key, out Translation? known))
            return known.Handler;

        if (!IsPossible || Known.Count >= MaxTranslations)
            return 0;

        DynamicMethod method = new TraceEmitter(trace, scale).Emit(meaning);
        return Known.GetOrAdd(key, new Translation(method, EntryOf(method))).Handler;
    }

    // The runtime has no public way to a dynamic method's address that is as short as a handler's.
    private static nint EntryOf(DynamicMethod method)
    {
        try
        {
            RuntimeMethodHandle handle = Descriptor(method);
            RuntimeHelpers.PrepareMethod(handle);
            return handle.GetFunctionPointer();
        }
        catch (MissingMethodException)
        {
            IsPossible = false;
            return 0;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetMethodDescriptor")]
    private static extern RuntimeMethodHandle Descriptor(DynamicMethod method);

    // Holds the method, whose code lives as long as it does.
    private sealed record Translation(DynamicMethod Method, nint Handler);

    private readonly struct Key(byte[] code) : IEquatable<Key>
    {
        private readonly byte[] _code = code;

        public bool Equals(Key other) => _code.AsSpan().SequenceEqual(other._code);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.AddBytes(_code);
            return hash.ToHashCode();
        }
    }
}
