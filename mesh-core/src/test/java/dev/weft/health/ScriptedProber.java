package dev.weft.health;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers for each node what a test says: at once, or when told to. For one thread. */
final class ScriptedProber implements Prober {
    /** The nodes asked, one after the other. */
    final List<String> asked = new ArrayList<>();
    /** What nodes answer at once; those of which nothing is said wait. */
    final Map<String, String> answers = new HashMap<>();

    final Map<String, Listener> waiting = new HashMap<>();
    final Set<String> cancelled = new HashSet<>();

    @Nullable
    RuntimeException thrown;

    static final String WELL = "";

    @Override
    public Cancellable probe(Node node, Policy policy, Listener listener) {
        String address = node.address();
        asked.add(address);
        if (thrown != null) {
            throw thrown;
        }
        String answer = answers.get(address);
        if (answer == null) {
            waiting.put(address, listener);
        } else {
            listener.ended(answer.equals(WELL) ? null : answer);
        }
        return () -> {
            if (waiting.get(address) == listener) {
                waiting.remove(address);
                cancelled.add(address);
            }
        };
    }

    long asked(String address) {
        return asked.stream().filter(address::equals).count();
    }
}
