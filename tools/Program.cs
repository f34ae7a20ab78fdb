using System.Reflection;

namespace RcuEmu.Tools;

internal static class Program
{
    private static int Main(string[] args)
    {
        Console.Out.WriteLine("rcuemu " + typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        return 0;
    }
}
