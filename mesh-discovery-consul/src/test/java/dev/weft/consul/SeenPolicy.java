package dev.weft.consul;

import static org.awaitility.Awaitility.await;

import dev.weft.policy.PolicySource;
import dev.weft.policy.PolicyText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that writes down what it was told, one line for each call. */
final class SeenPolicy implements PolicySource.Listener {
    final List<String> told = new CopyOnWriteArrayList<>();
    final List<PolicyText> texts = new CopyOnWriteArrayList<>();

    @Override
    public void text(PolicyText text) {
        texts.add(text);
        told.add("text " + new String(text.bytes(), StandardCharsets.UTF_8));
    }

    @Override
    public void absent() {
        told.add("absent");
    }

    @Override
    public void failed(String reason) {
        told.add("failed " + reason);
    }

    String last() {
        return told.isEmpty() ? "" : told.get(told.size() - 1);
    }

    void awaitLast(String beginning) {
        await("to be told '" + beginning + "', so far " + told)
                .atMost(SeenEndpoints.LONG)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> last().startsWith(beginning));
    }
}
