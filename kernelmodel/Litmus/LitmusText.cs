using RcuEmu.Isa;

namespace RcuEmu.KernelModel.Litmus;

/// <summary>The text of a litmus file with its comments blanked out, so that an offset leads back to a line and a column.</summary>
internal sealed class LitmusText
{
    /// <summary>The longest file that is read, in characters.</summary>
    public const int MaxLength = 1 << 20;

    private readonly string _file;

    public LitmusText(string file, string text)
    {
        _file = file;
        if (text.Length > MaxLength)
            throw new UserErrorException($"{file}:1:1: found {text.Length} characters; a litmus file has at most {MaxLength}");

        char[] clean = text.ToCharArray();
        for (int i = text.IndexOf("(*", StringComparison.Ordinal); i >= 0; i = text.IndexOf("(*", i, StringComparison.Ordinal))
        {
            int end = EndOfComment(text, i);
            if (end < 0)
            {
                Clean = text;
                throw Error(i, "found a comment that does not end; it ends with *)");
            }

            for (; i < end; i++)
                clean[i] = clean[i] == '\n' ? '\n' : ' ';
        }

        Clean = new string(clean);
    }

    /// <summary>The text without comments, of the same length.</summary>
    public string Clean { get; }

    /// <summary>An error at an offset: <c>file:line:column: message</c>.</summary>
    public UserErrorException Error(int offset, string message)
    {
        int at = Math.Min(offset, Clean.Length);
        int line = 1, start = 0;
        for (int i = 0; i < at; i++)
        {
            if (Clean[i] == '\n')
                (line, start) = (line + 1, i + 1);
        }

        return new UserErrorException($"{_file}:{line}:{at - start + 1}: {message}");
    }

    /// <summary>At most 40 characters of a text on one line, for messages.</summary>
    public static string Clip(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length > 40 ? line[..40] + "..." : line;
    }

    // Comments nest, as in the language the format comes from.
    private static int EndOfComment(string text, int i)
    {
        int depth = 0;
        for (; i + 1 < text.Length; i++)
        {
            bool opens = text[i] == '(' && text[i + 1] == '*', closes = text[i] == '*' && text[i + 1] == ')';
            if (!opens && !closes)
                continue;

            i++;
            depth += opens ? 1 : -1;
            if (depth == 0)
                return i + 1;
        }

        return -1;
    }
}
