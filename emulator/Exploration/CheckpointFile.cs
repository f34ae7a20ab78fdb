using System.Security.Cryptography;
using System.Text;
using RcuEmu.Isa;

namespace RcuEmu.Emulator.Exploration;

/// <summary>
/// A file that a long search is kept in: a line that says what it is, what it is a checkpoint of, the search's own bytes, and a SHA-256 of all that.
/// </summary>
internal static class CheckpointFile
{
    private const string Magic = "rcuemu checkpoint 1\n";
    private const int LargestFile = int.MaxValue - 64;

    /// <summary>Writes the file anew: beside it first, so that an interruption leaves the one before.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="subject">The scenario and the options that matter: a search of something else does not take it.</param>
    /// <param name="write">Writes the search's own bytes.</param>
    public static void Write(string path, string subject, Action<BinaryWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Encoding.ASCII.GetBytes(Magic));
            writer.Write(subject);
            write(writer);
        }

        ReadOnlySpan<byte> content = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        string beside = path + ".new";
        try
        {
            using (FileStream file = File.Create(beside))
            {
                file.Write(content);
                file.Write(SHA256.HashData(content));
            }

            File.Move(beside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path}: the checkpoint cannot be written: {e.Message}", e);
        }
    }

    /// <summary>What stands behind the subject, or null where there is no file.</summary>
    /// <exception cref="UserErrorException">The file is damaged, or of another search.</exception>
    public static BinaryReader? Read(string path, string subject)
    {
        byte[] bytes;
        try
        {
            if (new FileInfo(path) is not { Exists: true } info)
                return null;

            if (info.Length > LargestFile)
                throw new UserErrorException($"{path}: found {info.Length} bytes; a checkpoint has at most {LargestFile}");

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path}: {e.Message}", e);
        }

        if (bytes.Length < Magic.Length + SHA256.HashSizeInBytes || !bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Magic)))
            throw new UserErrorException($"{path}: found no checkpoint; name a file that --checkpoint wrote, or one that does not exist yet");

        Span<byte> content = bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
            throw new UserErrorException($"{path}: the checkpoint is damaged; remove it to begin again");

        var reader = new BinaryReader(new MemoryStream(bytes, Magic.Length, content.Length - Magic.Length, writable: false), Encoding.UTF8);
        string found = reader.ReadString();
        return found == subject
            ? reader
            : throw new UserErrorException($"{path}: found a checkpoint of {found}; this search is {subject}");
    }
}
