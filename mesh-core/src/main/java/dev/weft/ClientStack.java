package dev.weft;

import dev.weft.balance.BalanceLayer;
import dev.weft.guard.BreakerLayer;
import dev.weft.guard.DeadlineLayer;
import dev.weft.guard.EjectionLayer;
import dev.weft.guard.LimitLayer;
import dev.weft.retry.RetryLayer;
import dev.weft.stack.Slot;
import dev.weft.stack.Stack;

/**
 * The list to read first: every layer that a request goes through, top down. {@link Slot} says why each stands
 * where it stands.
 */
final class ClientStack {
    private ClientStack() {}

    static Stack standard() {
        return Stack.empty()
                .then(Slot.DEADLINE, new DeadlineLayer())
                .then(Slot.RETRY, new RetryLayer())
                .then(Slot.BREAKER, new BreakerLayer())
                .then(Slot.LIMIT, new LimitLayer())
                .then(Slot.BALANCE, new BalanceLayer())
                .then(Slot.EJECTION, new EjectionLayer());
    }
}
