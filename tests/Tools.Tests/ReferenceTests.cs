using System.Reflection;

namespace RcuEmu.Tools.Tests;

public class ReferenceTests
{
    // The arrows of docs/architecture.md: isa <- emulator <- kernelmodel <- tools, isa <- trampolines <- kernelmodel.
    [Theory]
    [InlineData("RcuEmu.Isa", "")]
    [InlineData("RcuEmu.Emulator", "RcuEmu.Isa")]
    [InlineData("RcuEmu.Trampolines", "RcuEmu.Isa")]
    [InlineData("RcuEmu.KernelModel", "RcuEmu.Isa RcuEmu.Emulator RcuEmu.Trampolines")]
    [InlineData("rcuemu", "RcuEmu.Isa RcuEmu.Emulator RcuEmu.Trampolines RcuEmu.KernelModel")]
    public void References_point_one_way(string assembly, string mayKnow)
    {
        IEnumerable<string?> known = Assembly.Load(new AssemblyName(assembly)).GetReferencedAssemblies()
            .Select(reference => reference.Name)
            .Where(name => name!.StartsWith("RcuEmu", StringComparison.OrdinalIgnoreCase));

        Assert.Empty(known.Except(mayKnow.Split(' ')));
    }

    [Fact]
    public void The_instruction_sets_need_no_package_but_Iced() =>
        Assert.All(
            Assembly.Load(new AssemblyName("RcuEmu.Isa")).GetReferencedAssemblies(),
            reference => Assert.Matches("^(Iced|System\\..*)$", reference.Name));
}
