using System.Net;
using System.Net.Sockets;
using RcuEmu.Isa;

namespace RcuEmu.Tools.Debugging.Gdb;

/// <summary>Listens for gdb: one client at a time on one session, which outlives its clients.</summary>
internal sealed class GdbServer : IDisposable
{
    private const int InterruptMilliseconds = 20;

    private readonly TcpListener _listener;
    private readonly GdbStub _stub;
    private readonly byte[] _buffer = new byte[1 << 16];

    /// <summary>Listens; port 0 takes any free one.</summary>
    public GdbServer(GdbStub stub, IPAddress address, int port)
    {
        (_stub, _listener) = (stub, new TcpListener(address, port));
        try
        {
            _listener.Start();
        }
        catch (SocketException error)
        {
            throw new UserErrorException($"cannot listen on {address}:{port}: {error.Message}; choose another --port", error);
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Place => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Serves clients until one ends the run, or, with <paramref name="once"/>, until the first one has gone.</summary>
    public void Run(bool once, CancellationToken stopped)
    {
        using CancellationTokenRegistration stop = stopped.Register(_listener.Stop);
        while (!stopped.IsCancellationRequested && !_stub.IsKilled)
        {
            Socket client;
            try
            {
                client = _listener.AcceptSocket();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            using (client)
            using (var busy = new CancellationTokenSource())
            {
                Task refusing = Refuse(busy.Token);
                Serve(client, stopped);
                busy.Cancel();
                refusing.Wait(stopped);
            }

            if (once)
                return;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    // Whoever comes while somebody is connected is told so and let go.
    private async Task Refuse(CancellationToken busy)
    {
        try
        {
            while (!busy.IsCancellationRequested)
            {
                using Socket second = await _listener.AcceptSocketAsync(busy);
                await second.SendAsync(GdbFraming.Frame("E.another gdb is connected to this machine"), busy);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client that was served has gone, or the server ends.
        }
    }

    private void Serve(Socket client, CancellationToken stopped)
    {
        client.NoDelay = true;
        using CancellationTokenRegistration stop = stopped.Register(client.Close);
        using var run = new InterruptWatch(client, InterruptMilliseconds);
        var framing = new GdbFraming();
        byte[] last = [];
        _stub.Attach();
        _stub.Running = run.Begin;
        _stub.Send = text => client.Send(GdbFraming.Frame(text));
        try
        {
            for (int got = client.Receive(_buffer); got > 0; got = client.Receive(_buffer))
            {
                for (int i = 0; i < got; i++)
                {
                    if (!framing.Take(_buffer[i], out GdbInput input))
                        continue;

                    last = Reply(client, framing, input, last);
                    run.End();
                    if (_stub.IsDetached || _stub.IsKilled)
                        return;
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The client vanished. The machine stays as it is.
        }
    }

    // Returns what was sent last, in case it has to be sent again.
    private byte[] Reply(Socket client, GdbFraming framing, GdbInput input, byte[] last)
    {
        switch (input.Kind)
        {
            case GdbInputKind.Interrupt:
                return last;
            case GdbInputKind.Again:
                client.Send(last);
                return last;
            case GdbInputKind.Damaged:
                client.Send("-"u8);
                return last;
            default:
                if (!framing.NoAck)
                    client.Send("+"u8);

                string answer = input.Kind == GdbInputKind.Oversize ? _stub.Error(22, "the packet is too long") : _stub.Answer(input.Data);
                byte[] framed = GdbFraming.Frame(answer);
                if (!_stub.IsKilled || answer.Length > 0)
                    client.Send(framed);

                framing.NoAck = _stub.NoAck;
                return framed;
        }
    }
}

/// <summary>Looks while a run goes on whether the client says Ctrl-C or has gone, and stops the run then.</summary>
internal sealed class InterruptWatch(Socket client, int milliseconds) : IDisposable
{
    private CancellationTokenSource? _run;
    private Timer? _timer;

    /// <summary>A run begins.</summary>
    public CancellationToken Begin()
    {
        End();
        var run = new CancellationTokenSource();
        _run = run;
        _timer = new Timer(_ => Look(run), null, milliseconds, milliseconds);
        return run.Token;
    }

    /// <summary>It is over.</summary>
    public void End()
    {
        _timer?.Dispose();
        (_timer, _run) = (null, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _run?.Dispose();
    }

    private void Look(CancellationTokenSource run)
    {
        try
        {
            Span<byte> one = stackalloc byte[1];
            if (client.Poll(0, SelectMode.SelectRead) && (client.Receive(one, SocketFlags.Peek) == 0 || one[0] == 3))
                run.Cancel();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            run.Cancel();
        }
    }
}
