package dev.weft.bench.stack;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What a careful team wires by hand: Resilience4j's retry, circuit breaker, bulkhead and rate limiter, composed once,
 * under a Micrometer timer with a histogram. No discovery, balancing, deadline, budget or trace.
 */
public final class Resilience {
    private final Timer timer =
            Timer.builder("call").publishPercentileHistogram().register(new SimpleMeterRegistry());
    private final Supplier<String> chain;

    public Resilience() {
        this(() -> "ok");
    }

    public Resilience(Supplier<String> send) {
        CircuitBreaker breaker = CircuitBreaker.ofDefaults("call");
        Bulkhead bulkhead = Bulkhead.of(
                "call", BulkheadConfig.custom().maxConcurrentCalls(1024).build());
        RateLimiter limiter = RateLimiter.of(
                "call",
                RateLimiterConfig.custom()
                        .limitForPeriod(1_000_000_000)
                        .limitRefreshPeriod(Duration.ofSeconds(1))
                        .build());
        Supplier<String> attempt = RateLimiter.decorateSupplier(
                limiter, Bulkhead.decorateSupplier(bulkhead, CircuitBreaker.decorateSupplier(breaker, send)));
        chain = Retry.decorateSupplier(Retry.ofDefaults("call"), attempt);
    }

    public String call() {
        long start = System.nanoTime();
        try {
            return chain.get();
        } finally {
            timer.record(System.nanoTime() - start, java.util.concurrent.TimeUnit.NANOSECONDS);
        }
    }
}
