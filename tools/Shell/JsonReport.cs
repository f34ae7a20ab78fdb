using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RcuEmu.Tools.Shell;

/// <summary>One object on one line for scripts. It begins with <c>format</c> (1) and <c>command</c>; the keys that follow stay.</summary>
/// <remarks>64-bit values are strings in hexadecimal, since a JSON reader may keep only 53 bits of a number.</remarks>
internal sealed class JsonReport : IDisposable
{
    private const int Format = 1;
    private readonly MemoryStream _bytes = new();

    /// <summary>Begins the object of one invocation.</summary>
    public JsonReport(string command)
    {
        Writer = new Utf8JsonWriter(_bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Writer.WriteStartObject();
        Writer.WriteNumber("format", Format);
        Writer.WriteString("command", command);
    }

    /// <summary>For what the methods here do not cover: arrays and inner objects.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>A 64-bit word as its sixteen digits.</summary>
    public static string Hex(ulong value) => $"0x{value:x16}";

    /// <summary>Adds a text; a null is left out.</summary>
    public JsonReport Add(string key, string? value)
    {
        if (value is not null)
            Writer.WriteString(key, value);

        return this;
    }

    /// <summary>Adds a number.</summary>
    public JsonReport Add(string key, long value)
    {
        Writer.WriteNumber(key, value);
        return this;
    }

    /// <summary>Adds a number of any size.</summary>
    public JsonReport Add(string key, BigInteger value)
    {
        Writer.WritePropertyName(key);
        Writer.WriteRawValue(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Adds a time in seconds, to the microsecond.</summary>
    public JsonReport AddSeconds(double value)
    {
        Writer.WriteNumber("seconds", Math.Round(value, 6));
        return this;
    }

    /// <summary>Adds a truth.</summary>
    public JsonReport Add(string key, bool value)
    {
        Writer.WriteBoolean(key, value);
        return this;
    }

    /// <summary>Adds an address or a register.</summary>
    public JsonReport AddWord(string key, ulong value)
    {
        Writer.WriteString(key, Hex(value));
        return this;
    }

    /// <summary>Adds an array of objects.</summary>
    public JsonReport AddList<T>(string key, IEnumerable<T> items, Action<JsonReport, T> write)
    {
        Writer.WriteStartArray(key);
        foreach (T item in items)
        {
            Writer.WriteStartObject();
            write(this, item);
            Writer.WriteEndObject();
        }

        Writer.WriteEndArray();
        return this;
    }

    /// <summary>Adds an array of texts.</summary>
    public JsonReport AddTexts(string key, IEnumerable<string> items)
    {
        Writer.WriteStartArray(key);
        foreach (string item in items)
            Writer.WriteStringValue(item);

        Writer.WriteEndArray();
        return this;
    }

    /// <summary>Ends the object and prints it.</summary>
    public void Print(TextWriter output)
    {
        Writer.WriteEndObject();
        Writer.Flush();
        output.WriteLine(Encoding.UTF8.GetString(_bytes.GetBuffer(), 0, (int)_bytes.Length));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Writer.Dispose();
        _bytes.Dispose();
    }
}
