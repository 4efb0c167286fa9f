package dev.weft.http;

import dev.weft.endpoint.Endpoint;
import dev.weft.time.Time;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Answers one node's addresses, whatever name is asked for. A host name whose addresses discovery did not tell is looked up anew for each connection, but once
 * for all who wait at the same time, and no longer than a connection may take: the system's resolver knows neither
 * deadlines nor interruption.
 */
final class NodeAddress implements Dns {
    /** Who is about to look up on this thread: OkHttp says so to its listener, and not here. */
    private static final ThreadLocal<Exchange> ASKING = new ThreadLocal<>();

    private final String host;
    private final List<String> known;
    private final Dns dns;
    private final ExecutorService threads;
    private final Time time;
    private final long limitMillis;
    private final AtomicReference<@Nullable CompletableFuture<List<InetAddress>>> latest = new AtomicReference<>();

    NodeAddress(Endpoint endpoint, Dns dns, ExecutorService threads, Time time, long limitMillis) {
        this.host = endpoint.host();
        this.known = endpoint.addresses().isEmpty() && Endpoint.isIp(host) ? List.of(host) : endpoint.addresses();
        this.dns = dns;
        this.threads = threads;
        this.time = time;
        this.limitMillis = limitMillis;
    }

    /** The next lookup on this thread is this exchange's, to cut off. */
    static void asks(Exchange exchange) {
        ASKING.set(exchange);
    }

    @Override
    public List<InetAddress> lookup(String logical) throws UnknownHostException {
        Exchange exchange = ASKING.get();
        ASKING.remove();
        return known.isEmpty() ? resolve(exchange) : parsed(known);
    }

    private static List<InetAddress> parsed(List<String> addresses) throws UnknownHostException {
        InetAddress[] parsed = new InetAddress[addresses.size()];
        for (int i = 0; i < parsed.length; i++) {
            parsed[i] = InetAddress.getByName(addresses.get(i));
        }
        return List.of(parsed);
    }

    private List<InetAddress> resolve(@Nullable Exchange exchange) throws UnknownHostException {
        // A copy: who gives up leaves the others waiting.
        CompletableFuture<List<InetAddress>> found = shared().copy();
        if (exchange != null) {
            exchange.looksUp(found);
        }
        try {
            return found.get();
        } catch (ExecutionException e) {
            throw unknown(Objects.requireNonNullElse(e.getCause(), e));
        } catch (CancellationException e) {
            throw unknown("cut off", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown("interrupted", e);
        }
    }

    private CompletableFuture<List<InetAddress>> shared() {
        CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> last;
        do {
            last = latest.get();
            if (last != null && !last.isDone()) {
                return last;
            }
        } while (!latest.compareAndSet(last, fresh));
        try {
            Future<?> task = threads.submit(() -> look(fresh));
            time.after(TimeUnit.MILLISECONDS.toNanos(limitMillis), () -> {
                if (fresh.completeExceptionally(new TimeoutException())) {
                    task.cancel(true);
                }
            });
        } catch (RejectedExecutionException e) {
            fresh.completeExceptionally(e);
        }
        return fresh;
    }

    private void look(CompletableFuture<List<InetAddress>> fresh) {
        try {
            fresh.complete(dns.lookup(host));
        } catch (Throwable failure) {
            fresh.completeExceptionally(failure);
        }
    }

    private UnknownHostException unknown(Throwable cause) {
        Throwable failure = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        return failure instanceof TimeoutException
                ? unknown("no answer within " + limitMillis + " ms", failure)
                : unknown(String.valueOf(failure.getMessage()), failure);
    }

    private UnknownHostException unknown(String why, Throwable cause) {
        UnknownHostException unknown = new UnknownHostException("looking up " + host + ": " + why);
        unknown.initCause(cause);
        return unknown;
    }
}
