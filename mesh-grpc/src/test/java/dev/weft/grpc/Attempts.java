package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Filter;
import dev.weft.endpoint.Node;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands above the wire and remembers each attempt that comes by, and the thread that brought it. */
final class Attempts implements Stackable {
    final List<Call> made = new CopyOnWriteArrayList<>();
    final List<Thread> startedOn = new CopyOnWriteArrayList<>();

    @Override
    public String name() {
        return "attempts";
    }

    @Override
    public <R> Filter<R> filter(Fit<R> fit) {
        return (attempt, next) -> {
            made.add(attempt);
            startedOn.add(Thread.currentThread());
            return next.call(attempt);
        };
    }

    /** The nodes asked, in order. */
    List<Node> asked() {
        return made.stream().map(Call::node).toList();
    }

    /** The logical call that was made last. */
    Call last() {
        return made.get(made.size() - 1).logical();
    }
}
