using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Dap;

/// <summary>
/// Messages of the Debug Adapter Protocol: JSON behind a <c>Content-Length</c> header. Debug Adapter Protocol, "Base Protocol".
/// </summary>
internal sealed class DapWire(Stream input, TextWriter output)
{
    private const int LongestMessage = 1 << 24, LongestHeader = 4096;
    private readonly Lock _writing = new();
    private int _sequence;

    /// <summary>The next message, or null at the input's end.</summary>
    /// <exception cref="UserErrorException">What comes is none.</exception>
    public JsonObject? Read()
    {
        int length = -1;
        for (string? header = Header(); header != ""; header = Header())
        {
            if (header is null)
                return null;

            if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)
                && (!int.TryParse(header.AsSpan("Content-Length:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out length) || length > LongestMessage))
            {
                throw new UserErrorException($"dap: '{header}': a length from 0 to {LongestMessage} is right");
            }
        }

        if (length < 0)
            throw new UserErrorException("dap: a message without Content-Length");

        byte[] bytes = new byte[length];
        if (input.ReadAtLeast(bytes, length, throwOnEndOfStream: false) < length)
            return null;

        try
        {
            return JsonNode.Parse(bytes) as JsonObject ?? throw new UserErrorException("dap: a message is a JSON object");
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"dap: {error.Message}", error);
        }
    }

    /// <summary>Sends a response or an event.</summary>
    public void Send(JsonObject message)
    {
        lock (_writing)
        {
            message["seq"] = ++_sequence;
            string text = message.ToJsonString();
            output.Write($"Content-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n{text}");
            output.Flush();
        }
    }

    /// <summary>Sends an event.</summary>
    public void Event(string name, JsonObject? body = null)
    {
        var message = new JsonObject { ["type"] = "event", ["event"] = name };
        if (body is not null)
            message["body"] = body;

        Send(message);
    }

    private string? Header()
    {
        var line = new StringBuilder();
        while (true)
        {
            int value = input.ReadByte();
            if (value < 0)
                return null;
            if (value == '\n')
                return line.ToString().TrimEnd('\r');
            if (line.Length == LongestHeader)
                throw new UserErrorException("dap: a header of more than 4096 bytes");

            line.Append((char)value);
        }
    }
}
