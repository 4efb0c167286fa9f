package dev.weft.consul;

import dev.weft.policy.PolicyRevision;
import dev.weft.policy.PolicyStatus;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.model.kv.Value;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A policy status as JSON that people can read in Consul, and back. */
final class StatusText {
    private static final Logger log = LoggerFactory.getLogger(StatusText.class);
    private static final int LONGEST_REASON = 4000;

    private StatusText() {}

    static String write(PolicyStatus status) {
        return new String(Json.write(Stored.of(status)), StandardCharsets.UTF_8);
    }

    static PolicyStatus read(String where, String json) throws ConsulException {
        try {
            return Json.read(where, json.getBytes(StandardCharsets.UTF_8), Stored.class)
                    .status();
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new ConsulException(where + ": " + e.getMessage());
        }
    }

    /** What all instances tell. One that cannot be read is left out, with a warning. */
    static List<InstanceStatus> list(Kiwi kiwi) throws ConsulException {
        List<Value> values = kiwi.call(
                "listing " + ConsulStatus.PREFIX,
                consul -> consul.keyValueClient().getValues(ConsulStatus.PREFIX));
        List<InstanceStatus> list = new ArrayList<>();
        for (Value value : values) {
            String[] names =
                    value.getKey().substring(ConsulStatus.PREFIX.length()).split("/", -1);
            try {
                if (names.length == 2) {
                    list.add(new InstanceStatus(
                            names[0],
                            names[1],
                            read(value.getKey(), value.getValueAsString().orElse(""))));
                }
            } catch (ConsulException e) {
                log.warn("left out: {}", e.getMessage());
            }
        }
        return list;
    }

    private record Stored(
            PolicyStatus.@Nullable State state,
            @Nullable Revision revision,
            @Nullable Revision refused,
            @Nullable String reason,
            @Nullable String since) {
        static Stored of(PolicyStatus status) {
            String reason = status.reason();
            PolicyRevision refused = status.refused();
            return new Stored(
                    status.state(),
                    Revision.of(status.revision()),
                    refused == null ? null : Revision.of(refused),
                    reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) + " ..." : reason,
                    status.since().toString());
        }

        PolicyStatus status() {
            if (state == null || revision == null || since == null) {
                throw new IllegalArgumentException("not a status: state, revision or since is missing");
            }
            return new PolicyStatus(
                    state,
                    revision.revision(),
                    refused == null ? null : refused.revision(),
                    reason == null ? "" : reason,
                    Instant.parse(since));
        }
    }

    private record Revision(
            @Nullable String source,
            long index,
            @Nullable String hash,
            @Nullable String at) {
        static Revision of(PolicyRevision revision) {
            return new Revision(
                    revision.source(),
                    revision.index(),
                    revision.hash(),
                    revision.at().toString());
        }

        PolicyRevision revision() {
            if (source == null || hash == null || at == null) {
                throw new IllegalArgumentException("not a revision: source, hash or at is missing");
            }
            return new PolicyRevision(source, index, hash, Instant.parse(at));
        }
    }
}
