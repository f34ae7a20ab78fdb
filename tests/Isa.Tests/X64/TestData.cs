namespace RcuEmu.Isa.Tests.X64;

/// <summary>Files under tests/data.</summary>
internal static class TestData
{
    /// <summary>The full path of a file in tests/data.</summary>
    public static string Path(string name)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "RcuEmu.sln")))
            folder = System.IO.Path.GetDirectoryName(folder);

        return System.IO.Path.Combine(folder ?? throw new InvalidOperationException("the tests run outside the repository"), "tests", "data", name);
    }
}
