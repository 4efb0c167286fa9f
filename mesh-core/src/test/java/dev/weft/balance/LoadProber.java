package dev.weft.balance;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;

/** Is asked for the load only. */
interface LoadProber extends Prober {
    @Override
    default Cancellable probe(Node node, Policy policy, Listener listener) {
        throw new AssertionError("no health check");
    }
}
