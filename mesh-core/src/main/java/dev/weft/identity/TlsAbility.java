package dev.weft.identity;

import dev.weft.endpoint.Node;
import dev.weft.time.Time;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether one node can do TLS, for policy that is permissive. What discovery says of it holds; where that is silent TLS is
 * tried, and a handshake that fails for no reason of identity says that it cannot, for a minute. Each transport has one for
 * each of its nodes. Thread-safe.
 */
public final class TlsAbility {
    private static final Logger log = LoggerFactory.getLogger(TlsAbility.class);

    /** Of an endpoint: whether it does TLS. */
    private static final String METADATA = "tls";
    /** How long a node that could not do TLS is believed to be unable to. */
    private static final long PLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Node node;
    private final @Nullable Keyring keyring;
    private final Time time;
    private volatile long plainUntilNanos;

    /** How the next attempt at the node is to be sent. */
    public enum Way {
        /** Over TLS, or not at all. */
        TLS,
        /** Over TLS, and where {@link TlsAbility#denied} says so in plain text, within the same attempt. */
        TRY_TLS,
        /** In plain text. */
        PLAIN
    }

    /** @param keyring where our own identity is; null where this process has none */
    public TlsAbility(Node node, @Nullable Keyring keyring, Time time) {
        this.node = node;
        this.keyring = keyring;
        this.time = time;
        this.plainUntilNanos = time.nanos();
    }

    /** What that mode means for this node now. */
    public Way way(TlsMode mode) {
        return switch (mode) {
            case STRICT -> Way.TLS;
            case OFF -> Way.PLAIN;
            case PERMISSIVE -> permissive();
        };
    }

    private Way permissive() {
        String told = node.endpoint().metadata().get(METADATA);
        if ("true".equals(told)) {
            return Way.TLS;
        }
        boolean plain = "false".equals(told) || plainUntilNanos - time.nanos() > 0;
        return plain || keyring == null || !keyring.usable() ? Way.PLAIN : Way.TRY_TLS;
    }

    /**
     * How long a handshake that is tried may take: a server of plain text may wait for the end of a hello for ever, and as
     * much time must be left for the other.
     *
     * @param connectNanos how long connecting may take
     * @param leftNanos how long the attempt may take from now on
     */
    public static long patienceNanos(long connectNanos, long leftNanos) {
        return Math.min(connectNanos, leftNanos / 2);
    }

    /**
     * To be asked of nothing but a handshake that was tried and failed, after the node was connected to: whether the node
     * cannot do TLS. It is then sent plain text, for the next minute as well. It can where one side did not want the other
     * for who it is, or where it said so in TLS.
     *
     * @param failure what the handshake failed of
     */
    public boolean denied(Throwable failure) {
        if (TlsWords.ofIdentity(failure)) {
            return false;
        }
        log.info(
                "{} of {} does not do TLS and is sent plain text for a minute: {}",
                node.address(),
                node.service(),
                failure.toString());
        plainUntilNanos = time.nanos() + PLAIN_NANOS;
        return true;
    }
}
