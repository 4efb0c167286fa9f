package dev.weft.consul;

import dev.weft.policy.PolicyStatus;
import dev.weft.policy.PolicyStore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells operators how it stands with the policy in this process, under {@code weft/status/APP/INSTANCE}.
 *
 * <p>The key is bound to a session that this process renews: it is gone when the process is closed, and within 30
 * seconds when it dies. A session that Consul has lost is made anew. Thread-safe.
 */
public final class ConsulStatus implements AutoCloseable {
    /** Where all instances tell. */
    static final String PREFIX = "weft/status/";

    private static final String SESSION_TTL = "15s";
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:@-]+");

    private final Kiwi kiwi;
    private final String key;
    private final Loop loop;
    private volatile Supplier<@Nullable PolicyStatus> wanted = () -> null;

    ConsulStatus(ConsulHttp http, String app, String instance) {
        this.kiwi = http.kiwi();
        this.key = PREFIX + checked("application", app) + "/" + checked("instance", instance);
        this.loop = new Loop("status " + app + "/" + instance, http.config().time(), new Publishing());
        loop.start();
    }

    private static String checked(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the " + what + " name '" + name + "' may have letters, digits and . _ : @ - only");
        }
        return name;
    }

    /** Where it is told. */
    public String key() {
        return key;
    }

    /** Tells this from now on; returns at once. */
    public void report(PolicyStatus status) {
        wanted = () -> status;
        loop.wake();
    }

    /** Tells from now on whatever the store's status is: {@code follow(mesh.policy())}. */
    public ConsulStatus follow(PolicyStore store) {
        wanted = store::status;
        store.onStatus(status -> loop.wake());
        loop.wake();
        return this;
    }

    /** Takes the key away. */
    @Override
    public void close() {
        loop.close();
        // Should the last act take longer than closing waits.
        kiwi.close();
    }

    private final class Publishing implements Loop.Work {
        private final Session session = new Session(kiwi, key, SESSION_TTL);
        private @Nullable String bound;
        private @Nullable PolicyStatus published;

        @Override
        public long step() throws ConsulException {
            String id = session.renewed();
            if (!id.equals(bound)) {
                bound = id;
                published = null;
            }
            PolicyStatus status = wanted.get();
            if (status != null && !status.equals(published)) {
                boolean taken = kiwi.call(
                        "publishing " + key,
                        consul -> consul.keyValueClient().acquireLock(key, StatusText.write(status), id));
                if (!taken) {
                    throw new ConsulException(key + " is held by another session; if this process was restarted under"
                            + " the same name, that one ends within 30 s");
                }
                published = status;
            }
            return RENEW_NANOS;
        }

        @Override
        public void failed(String reason) {
            // Told in the log by the loop; there is nobody else to tell.
        }

        @Override
        public void cut() {
            kiwi.cut();
        }

        @Override
        public void end() {
            session.end();
        }
    }
}
