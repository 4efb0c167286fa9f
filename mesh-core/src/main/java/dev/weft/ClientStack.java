package dev.weft;

import dev.weft.balance.BalanceLayer;
import dev.weft.collapse.CollapseLayer;
import dev.weft.guard.BacklogLayer;
import dev.weft.guard.BreakerLayer;
import dev.weft.guard.CriticalityLayer;
import dev.weft.guard.DeadlineLayer;
import dev.weft.guard.EjectionLayer;
import dev.weft.guard.LimitLayer;
import dev.weft.guard.ThrottleLayer;
import dev.weft.health.HealthLayer;
import dev.weft.observe.LogLayer;
import dev.weft.observe.MetricsLayer;
import dev.weft.observe.TraceLayer;
import dev.weft.rate.RateLayer;
import dev.weft.retry.FallbackLayer;
import dev.weft.retry.HedgeLayer;
import dev.weft.retry.RetryLayer;
import dev.weft.stack.Slot;
import dev.weft.stack.Stack;

/**
 * The list to read first: every layer that a request goes through, top down. {@link Slot} says why each stands
 * where it stands.
 */
final class ClientStack {
    private ClientStack() {}

    static Stack standard(MeshBuilder parts) {
        return Stack.empty()
                .then(Slot.LOG, new LogLayer())
                .then(Slot.TRACE, TraceLayer.ofCalls(parts.openTelemetry))
                .then(Slot.METRICS, MetricsLayer.ofCalls(parts.registry, parts.buckets))
                .then(Slot.DEADLINE, new DeadlineLayer())
                .then(Slot.DEADLINE, new CriticalityLayer())
                .then(Slot.FALLBACK, new FallbackLayer())
                .then(Slot.COLLAPSE, new CollapseLayer())
                .then(Slot.RATE, new RateLayer(parts.rateShares))
                .then(Slot.RETRY, new RetryLayer())
                .then(Slot.HEDGE, new HedgeLayer())
                .then(Slot.BREAKER, new BreakerLayer())
                .then(Slot.LIMIT, new LimitLayer())
                .then(Slot.LIMIT, new BacklogLayer())
                .then(Slot.LIMIT, new ThrottleLayer())
                .then(Slot.BALANCE, new BalanceLayer())
                .then(Slot.ATTEMPT, TraceLayer.ofAttempts(parts.openTelemetry))
                .then(Slot.ATTEMPT, MetricsLayer.ofAttempts(parts.registry, parts.buckets))
                .then(Slot.EJECTION, new EjectionLayer())
                .then(Slot.HEALTH, new HealthLayer());
    }
}
