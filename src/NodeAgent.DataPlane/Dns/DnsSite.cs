using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Logging;
using NodeAgent.DataPlane.Udp;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Dns;

/// <summary>
/// What a listener with DNSRoutes does with queries, by UDP and by TCP: (1) what is no query is answered or dropped; (2) the name and type
/// choose a rule; (3) the rule refuses, answers, or the query is forwarded to one of its backends.
/// </summary>
/// <param name="Listener">NS/GATEWAY/LISTENER, for logs.</param>
/// <param name="Logs">One a worker; empty when the access log is off.</param>
/// <param name="Counters">Of the queries that match no rule.</param>
internal sealed record DnsSite(string Listener, LogBuffer[] Logs, DnsTable Table, DnsCounters Counters) : IListenerTarget, IDatagramTarget
{
    public void Accept(Acceptor acceptor, int fd, in SockAddr peer)
    {
        acceptor.Worker.Budget.Give(1); // queries take their own
        DnsTcpConnection.Start(acceptor, this, fd, peer);
    }

    public void Receive(DatagramReceiver receiver, ReadOnlySpan<byte> datagram, in SockAddr peer)
    {
        DnsQuery query = default;
        int rcode = DnsQuery.Parse(datagram, ref query);
        if (rcode < 0)
        {
            return;
        }

        if (Decide(ref rcode, query, out DnsRuleTarget? rule) is not { } outcome)
        {
            DnsUdpExchange.Start(receiver, this, rule!, query, datagram, peer);
            return;
        }

        Span<byte> answer = stackalloc byte[DnsWriter.DatagramLength];
        answer = answer[..Math.Min(query.DatagramLimit, answer.Length)];
        int length = DnsWriter.Write(answer, datagram, query, rcode, rule?.Answer, authoritative: rule is not null);
        receiver.Send(answer[..length], peer);
        Note(receiver.Worker, query, rule, new DnsLogEntry(peer, false, rule?.Route, null, outcome, rcode, 0));
    }

    /// <returns>False when the client does not speak DNS.</returns>
    public unsafe bool TryServe(DnsTcpConnection connection, ReadOnlySpan<byte> message)
    {
        DnsQuery query = default;
        int rcode = DnsQuery.Parse(message, ref query);
        if (rcode < 0)
        {
            return false;
        }

        if (Decide(ref rcode, query, out DnsRuleTarget? rule) is not { } outcome)
        {
            DnsTcpExchange.Start(connection, this, rule!, query, message);
            return true;
        }

        Worker worker = connection.Worker;
        var answer = new Span<byte>(worker.Scratch, ushort.MaxValue);
        int length = DnsWriter.Write(answer, message, query, rcode, rule?.Answer, authoritative: rule is not null);
        connection.Reply(answer[..length]);
        Note(worker, query, rule, new DnsLogEntry(connection.Peer, true, rule?.Route, null, outcome, rcode, 0));
        return true;
    }

    public void Note(Worker worker, in DnsQuery query, DnsRuleTarget? rule, in DnsLogEntry entry)
    {
        (rule?.Counters ?? Counters).Count(worker.Id, entry.Outcome);
        DnsLog.Write(this, worker, query, entry);
    }

    /// <returns>Null: the query goes to a backend of <paramref name="rule"/>.</returns>
    private DnsOutcome? Decide(ref int rcode, in DnsQuery query, out DnsRuleTarget? rule)
    {
        rule = null;
        if (rcode != DnsNumbers.NoError)
        {
            return DnsOutcome.Malformed;
        }

        // Whole zones, and what servers tell of themselves (class CHAOS), are not for clients of a gateway.
        bool served = query.Question.Class == DnsNumbers.ClassInternet
            && query.Question.Type is not (DnsNumbers.TypeAxfr or DnsNumbers.TypeIxfr);
        rule = served ? Table.Find(query.Question) : null;
        if (rule is null)
        {
            rcode = DnsNumbers.Refused;
            return DnsOutcome.NoRoute;
        }

        rcode = rule.Rcode;
        if (rule.Rcode != DnsNumbers.NoError)
        {
            return DnsOutcome.Refused;
        }

        return rule.Answer is null ? null : DnsOutcome.Answered;
    }
}
