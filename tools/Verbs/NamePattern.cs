namespace RcuEmu.Tools.Verbs;

/// <summary>Names with <c>*</c> for any number of letters, as in ftrace's set_ftrace_filter.</summary>
internal static class NamePattern
{
    /// <summary>Whether the whole name fits the pattern.</summary>
    public static bool Matches(string pattern, string name)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
            return pattern == name;

        int at = parts[0].Length, end = name.Length - parts[^1].Length;
        if (end < at || !name.StartsWith(parts[0], StringComparison.Ordinal) || !name.EndsWith(parts[^1], StringComparison.Ordinal))
            return false;

        foreach (string part in parts[1..^1])
        {
            int found = name.IndexOf(part, at, end - at, StringComparison.Ordinal);
            if (found < 0)
                return false;

            at = found + part.Length;
        }

        return true;
    }
}
