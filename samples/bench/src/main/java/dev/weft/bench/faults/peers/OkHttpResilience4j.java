package dev.weft.bench.faults.peers;

import dev.weft.call.Criticality;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * What a careful team wires by hand: round robin over the replicas whose breaker lets through, up to three attempts with
 * back-off, a limit for each and one for all. A breaker per replica: half of the last 20 calls failed or took over 400 ms
 * (of at least 5), tried again after a second.
 */
final class OkHttpResilience4j implements Peer {
    private static final Duration ATTEMPT = Duration.ofMillis(400);
    private static final int ATTEMPTS = 3;
    private static final CircuitBreakerConfig BREAKER = CircuitBreakerConfig.custom()
            .slidingWindowSize(20)
            .minimumNumberOfCalls(5)
            .failureRateThreshold(50)
            .slowCallDurationThreshold(ATTEMPT)
            .slowCallRateThreshold(50)
            .waitDurationInOpenState(Duration.ofSeconds(1))
            .permittedNumberOfCallsInHalfOpenState(2)
            .build();
    private static final RetryConfig RETRY = RetryConfig.custom()
            .maxAttempts(ATTEMPTS)
            .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(20), 2))
            .retryOnException(e -> e instanceof IOException)
            .failAfterMaxAttempts(true)
            .build();

    private record Replica(Request request, CircuitBreaker breaker) {}

    private final List<Replica> replicas;
    private final Retry retry = Retry.of("stock", RETRY);
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final OkHttpClient client;
    private final long deadlineNanos;
    private final ExecutorService threads = Callers.threads();

    OkHttpResilience4j(Around around) {
        deadlineNanos = around.scenario().deadlineNanos();
        replicas = around.callable().stream()
                .map(port -> new Replica(
                        new Request.Builder()
                                .url("http://" + Around.HOST + ':' + port + "/stock/7")
                                .build(),
                        CircuitBreaker.of(Integer.toString(port), BREAKER)))
                .toList();
        client = new OkHttpClient.Builder()
                .connectionPool(new ConnectionPool(512, 5, TimeUnit.MINUTES))
                .retryOnConnectionFailure(false)
                .eventListener(new RefusedConnects(refused))
                .build();
    }

    @Override
    public void call(Criticality level, Done done) {
        threads.execute(() -> done.done(send()));
    }

    private Ending send() {
        long end = System.nanoTime() + deadlineNanos;
        try {
            retry.executeCallable(() -> attempt(end));
            return Ending.OK;
        } catch (CallNotPermittedException e) {
            return Ending.REJECTED;
        } catch (Exception e) {
            return Ending.FAILED;
        }
    }

    private int attempt(long end) throws IOException {
        long left = Math.min(ATTEMPT.toNanos(), end - System.nanoTime());
        if (left <= 0) {
            throw new IllegalStateException("too late");
        }
        Replica replica = next();
        long start = System.nanoTime();
        try {
            int status = send(replica.request, left);
            replica.breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            return status;
        } catch (IOException | RuntimeException e) {
            replica.breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
            throw e;
        }
    }

    private int send(Request request, long nanos) throws IOException {
        var call = client.newCall(request);
        call.timeout().timeout(nanos, TimeUnit.NANOSECONDS);
        try (Response response = call.execute()) {
            response.body().bytes();
            if (response.code() >= 500) {
                throw new IOException("answered " + response.code());
            }
            return response.code();
        }
    }

    /** The next in turn whose breaker lets a call through. */
    private Replica next() {
        for (int i = 0; i < replicas.size(); i++) {
            Replica candidate = inTurn();
            if (candidate.breaker.tryAcquirePermission()) {
                return candidate;
            }
        }
        throw CallNotPermittedException.createCallNotPermittedException(inTurn().breaker);
    }

    private Replica inTurn() {
        return replicas.get(Math.floorMod(turn.getAndIncrement(), replicas.size()));
    }

    @Override
    public long refused() {
        return refused.get();
    }

    @Override
    public void close() {
        threads.shutdown();
        client.connectionPool().evictAll();
    }
}
