using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RcuEmu.Emulator.Cores.Running;

/// <summary>
/// The entry points of handlers. The address of a method is that of a stub that jumps to its code; a chain saves a jump for
/// each instruction where the code's own address is taken.
/// </summary>
/// <remarks>
/// Handlers are compiled once, with full optimisation, and are never moved or replaced. What the stub looks like is not
/// promised, so it is looked at: unless it is the jump through memory that it is on x86-64, and leads elsewhere than back behind itself
/// (not compiled yet), the stub is used. Both are right.
/// </remarks>
internal static unsafe class RunEntry
{
    private const ushort JumpThroughMemory = 0x25ff; // FF /4 with a RIP-relative operand
    private const int JumpBytes = 6;

    /// <summary>Where the code of generic method <paramref name="name"/> of <paramref name="type"/> for <paramref name="operation"/> begins.</summary>
    public static nint Of(Type type, string name, Type operation, nint stub)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !RuntimeFeature.IsDynamicCodeCompiled)
            return stub;

        MethodInfo method = type.GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(operation);
        RuntimeHelpers.PrepareMethod(method.MethodHandle, [operation.TypeHandle]);
        byte* code = (byte*)stub;
        if (*(ushort*)code != JumpThroughMemory)
            return stub;

        nint target = *(nint*)(code + JumpBytes + *(int*)(code + 2));
        return target == stub + JumpBytes ? stub : target;
    }
}
