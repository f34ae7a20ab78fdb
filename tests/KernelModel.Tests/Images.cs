using RcuEmu.Isa;
using RcuEmu.Trampolines.Loading;

namespace RcuEmu.KernelModel.Tests;

/// <summary>Kernel images of this machine's cache.</summary>
internal static class Images
{
    public static void SkipWithout(string? image)
    {
        if (image is null)
            return;

        try
        {
            KernelCache.Default.Resolve(image);
        }
        catch (UserErrorException e)
        {
            Assert.Skip(e.Message);
        }
    }
}
