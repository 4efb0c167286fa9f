package dev.weft.dns;

import dev.weft.dns.DnsMeters.Outcome;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.WireParseException;

/**
 * One name server. Asks over UDP with EDNS, without EDNS where that is not understood, and over TCP where the answer
 * is truncated or is none to the question: over TCP nobody off the path can answer in the server's place.
 */
final class NameServer {
    private static final int NO_EDNS = -1;

    private final InetSocketAddress address;
    private final DnsMeters meters;
    private final Executor executor;
    private final boolean tcpOnly;
    private final SimpleResolver udp;
    private final SimpleResolver plain;
    private final SimpleResolver tcp;
    private final SimpleResolver plainTcp;

    NameServer(InetSocketAddress address, boolean tcpOnly, Duration timeout, DnsMeters meters, Executor executor) {
        this.address = address;
        this.meters = meters;
        this.executor = executor;
        this.tcpOnly = tcpOnly;
        this.udp = line(timeout);
        this.plain = line(timeout);
        plain.setEDNS(NO_EDNS, 0, 0, List.of());
        this.tcp = line(timeout);
        tcp.setTCP(true);
        this.plainTcp = line(timeout);
        plainTcp.setTCP(true);
        plainTcp.setEDNS(NO_EDNS, 0, 0, List.of());
    }

    private SimpleResolver line(Duration timeout) {
        SimpleResolver line = new SimpleResolver(address);
        line.setTimeout(timeout);
        return line;
    }

    /** An answer that says what is or that there is nothing; anything else is a failure. */
    CompletionStage<Message> ask(Record question) {
        CompletionStage<Message> reply = tcpOnly
                ? send(tcp, plainTcp, question)
                : send(udp, plain, question)
                        .exceptionallyCompose(e -> malformed(cause(e))
                                ? send(tcp, plainTcp, question)
                                : CompletableFuture.failedFuture(e));
        return reply.handle((message, failure) -> {
            meters.answered(failure == null ? outcome(message.getRcode()) : outcome(cause(failure)));
            if (failure != null) {
                throw new DnsException(this + ": " + words(failure), failure);
            }
            if (message.getRcode() != Rcode.NOERROR && message.getRcode() != Rcode.NXDOMAIN) {
                throw new DnsException(this + ": " + Rcode.string(message.getRcode()));
            }
            return message;
        });
    }

    private static Outcome outcome(int code) {
        return switch (code) {
            case Rcode.NOERROR -> Outcome.OK;
            case Rcode.NXDOMAIN -> Outcome.NXDOMAIN;
            case Rcode.SERVFAIL -> Outcome.SERVFAIL;
            case Rcode.REFUSED -> Outcome.REFUSED;
            default -> Outcome.ERROR;
        };
    }

    private static Outcome outcome(Throwable failure) {
        if (malformed(failure)) {
            return Outcome.MALFORMED;
        }
        return failure instanceof SocketTimeoutException ? Outcome.TIMEOUT : Outcome.UNREACHABLE;
    }

    private CompletionStage<Message> send(SimpleResolver edns, SimpleResolver without, Record question) {
        return send(edns, question).thenCompose(first -> knowsEdns(first) ? done(first) : send(without, question));
    }

    private CompletionStage<Message> send(SimpleResolver line, Record question) {
        return line.sendAsync(Message.newQuery(question), executor).thenApply(NameServer::sound);
    }

    private static Message sound(Message reply) {
        if (!reply.getHeader().getFlag(Flags.QR)) {
            throw new CompletionException(new WireParseException("a question came back in place of an answer"));
        }
        if (reply.getHeader().getFlag(Flags.TC)) {
            throw new CompletionException(new WireParseException("the answer is truncated even over TCP"));
        }
        return reply;
    }

    private static CompletionStage<Message> done(Message reply) {
        return CompletableFuture.completedFuture(reply);
    }

    private static boolean knowsEdns(Message reply) {
        int code = reply.getHeader().getRcode();
        return !(code == Rcode.FORMERR || code == Rcode.NOTIMP)
                || !reply.getSection(Section.ANSWER).isEmpty();
    }

    /** An empty datagram reads as the end of a stream. */
    private static boolean malformed(Throwable failure) {
        return failure instanceof WireParseException || failure instanceof EOFException;
    }

    private static String words(Throwable failure) {
        Throwable cause = cause(failure);
        return cause instanceof SocketTimeoutException ? "no answer in time" : DnsException.words(cause);
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    @Override
    public String toString() {
        return address.getAddress().getHostAddress() + " port " + address.getPort();
    }
}
