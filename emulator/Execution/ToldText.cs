using System.Runtime.CompilerServices;

namespace RcuEmu.Emulator.Execution;

/// <summary>The interpolated string of <see cref="Machine.Told"/>: built only where somebody reads it.</summary>
[InterpolatedStringHandler]
public ref struct ToldText
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler.</summary>
    /// <param name="literalLength">Characters outside the holes.</param>
    /// <param name="formattedCount">Holes.</param>
    /// <param name="machine">Whose chooser knows whether texts are read.</param>
    /// <param name="isRead">False: the holes are not evaluated.</param>
    public ToldText(int literalLength, int formattedCount, Machine machine, out bool isRead)
    {
        isRead = machine.Chooser.ReadsReasons;
        _text = isRead ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, System.Globalization.CultureInfo.InvariantCulture) : default;
    }

    /// <summary>Appends what stands between holes.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>Appends a hole's value.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Appends a hole's value, formatted.</summary>
    public void AppendFormatted<T>(T value, string format) => _text.AppendFormatted(value, format);

    internal string Take() => _text.ToStringAndClear();
}
