using RcuEmu.Isa;

namespace RcuEmu.Tools.Shell;

/// <summary>Reads what the user names, standard input for <c>-</c>, and writes what the user asks for.</summary>
internal static class InputFile
{
    /// <summary>The name of standard input in messages.</summary>
    public const string StandardInput = "<stdin>";

    /// <summary>All bytes of a file of at most <paramref name="limit"/> bytes.</summary>
    public static byte[] Read(Terminal terminal, string path, long limit)
    {
        try
        {
            using Stream stream = path == "-" ? terminal.In : File.OpenRead(path);
            var bytes = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int n = stream.Read(buffer); n > 0; n = stream.Read(buffer))
            {
                bytes.Write(buffer, 0, n);
                if (bytes.Length > limit)
                    throw new UserErrorException($"{Name(path)}: more than {limit} bytes");
            }

            return bytes.ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>Writes a file, in place of one that is there.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            using FileStream stream = File.Create(path);
            write(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>What messages call it.</summary>
    public static string Name(string path) => path == "-" ? StandardInput : path;

    private static UserErrorException Unreadable(string path, Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => new UserErrorException($"{path}: no such file", error),
        UnauthorizedAccessException when Directory.Exists(path) => new UserErrorException($"{path}: is a folder", error),
        UnauthorizedAccessException => new UserErrorException($"{path}: permission denied", error),
        _ => new UserErrorException($"{path}: {error.Message}", error),
    };
}
