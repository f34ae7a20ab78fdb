namespace RcuEmu.Tools.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds RcuEmu.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file that belongs to the repository, as a path relative to its root; build output left out.</summary>
    public static IEnumerable<string> Files() => Walk(Root).Select(path => Path.GetRelativePath(Root, path));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RcuEmu.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("these tests run from inside the source tree");
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(file) != ".git")
                yield return file;
        }

        foreach (string inner in Directory.EnumerateDirectories(folder))
        {
            if (Path.GetFileName(inner) is ".git" or "bin" or "obj" or "TestResults" or "BenchmarkDotNet.Artifacts")
                continue;

            foreach (string file in Walk(inner))
                yield return file;
        }
    }
}
