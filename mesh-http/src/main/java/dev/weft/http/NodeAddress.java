package dev.weft.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;

/**
 * Answers one node's addresses, whatever name is asked for. A host name is looked up anew for each connection, and
 * no longer than a connection may take: the system's resolver knows neither deadlines nor interruption.
 */
final class NodeAddress implements Dns {
    private final String host;
    private final Dns dns;
    private final ExecutorService threads;
    private final long limitMillis;

    NodeAddress(String host, Dns dns, ExecutorService threads, long limitMillis) {
        this.host = host;
        this.dns = dns;
        this.threads = threads;
        this.limitMillis = limitMillis;
    }

    @Override
    public List<InetAddress> lookup(String logical) throws UnknownHostException {
        return isLiteral(host) ? List.of(InetAddress.getByName(host)) : resolve();
    }

    private List<InetAddress> resolve() throws UnknownHostException {
        Future<List<InetAddress>> found = threads.submit(() -> dns.lookup(host));
        try {
            return found.get(limitMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw unknown(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException e) {
            throw unknown("no answer within " + limitMillis + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown("interrupted", e);
        } finally {
            found.cancel(true);
        }
    }

    private UnknownHostException unknown(String why, Throwable cause) {
        UnknownHostException unknown = new UnknownHostException("looking up " + host + ": " + why);
        unknown.initCause(cause);
        return unknown;
    }

    /** Whether {@code host} is an IP address: no name holds a colon or ends with a number. */
    static boolean isLiteral(String host) {
        if (host.indexOf(':') >= 0) {
            return true;
        }
        for (int i = host.length() - 1; i >= 0 && host.charAt(i) != '.'; i--) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
