package dev.weft.policy;

import dev.weft.policy.PolicyStatus.State;
import dev.weft.time.Time;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the policy in use and follows its source: a good text replaces the policy in one step, anything else leaves
 * it as it is and is told in the status. Nothing that a source, a text or a listener does makes a call fail.
 *
 * <p>{@link #current}, {@link #status} and the registration of listeners are safe for any thread. News are handled
 * on the source's thread, one at a time; the source sees to that.
 */
public final class PolicyStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PolicyStore.class);

    private final Settings settings;
    private final ApplicationPolicy application;
    private final Time time;
    private final Listeners<PolicySnapshot> onChange = new Listeners<>();
    private final Listeners<PolicyStatus> onStatus = new Listeners<>();

    private volatile PolicySnapshot current;
    private volatile PolicyStatus status;
    private volatile boolean closed;
    private volatile @Nullable PolicySource source;
    private @Nullable LastGood lastGood;

    // Touched by the source's news only, which do not overlap.
    private boolean answered;
    private String refusal = "";

    /** A store without a source: built-in defaults and what the application says. */
    public PolicyStore(Settings settings, ApplicationPolicy application, Time time) {
        this.settings = settings;
        this.application = application;
        this.time = time;
        this.current = PolicySnapshot.builtIn(settings, application);
        this.status = new PolicyStatus(State.NONE, PolicyRevision.BUILT_IN, null, "no source of policy", time.now());
    }

    /**
     * Uses the last good copy, if there is one, and follows {@code source} from now on. Called once.
     *
     * @param lastGoodFolder where the last good text is kept for the next start, or null for nowhere
     */
    public void start(PolicySource source, @Nullable Path lastGoodFolder) {
        if (this.source != null) {
            throw new IllegalStateException("this store follows a source already");
        }
        this.source = source;
        become(State.NONE, PolicyRevision.BUILT_IN, null, "waiting for " + source.name());
        if (lastGoodFolder != null) {
            lastGood = new LastGood(lastGoodFolder, source.name());
            useLastGood(lastGood);
        }
        source.start(new News(source.name()));
    }

    /** The policy in use now; one volatile read. */
    public PolicySnapshot current() {
        return current;
    }

    public PolicyStatus status() {
        return status;
    }

    /** Has {@code listener} told of every later policy, on the source's thread, after it came into use. */
    public void onChange(Consumer<? super PolicySnapshot> listener) {
        onChange.add(listener);
    }

    /** Has {@code listener} told of every later change of the status, on the source's thread. */
    public void onStatus(Consumer<? super PolicyStatus> listener) {
        onStatus.add(listener);
    }

    /** Ends the source; the policy stays as it is. */
    @Override
    public void close() {
        closed = true;
        PolicySource followed = source;
        if (followed != null) {
            followed.close();
        }
    }

    private void useLastGood(LastGood kept) {
        LastGood.Copy copy = kept.read();
        if (copy == null) {
            return;
        }
        PolicyText text = copy.text();
        PolicyRevision revision =
                new PolicyRevision(text.source(), text.index(), Sha256.hex(text.bytes()), copy.applied());
        try {
            current = PolicySnapshot.of(settings, application, PolicyDocument.parse(text, settings), revision);
        } catch (PolicyRefused e) {
            log.warn(
                    "the last good policy of {} is not good for this version and is not used:\n{}",
                    text.source(),
                    e.getMessage());
            return;
        }
        log.info("policy: started with the last good copy of {}, applied {}", revision, copy.applied());
        become(State.STALE, revision, null, text.source() + " has not answered yet; this is the last good copy");
    }

    private void arrived(PolicyText text) {
        answered = true;
        PolicyRevision revision = new PolicyRevision(text.source(), text.index(), Sha256.hex(text.bytes()), time.now());
        PolicyRevision inUse = current.revision();
        PolicyRevision refused = status.refused();
        if (revision.hash().equals(inUse.hash())) {
            become(State.APPLIED, revision.withAt(inUse.at()), null, "");
        } else if (refused != null && revision.hash().equals(refused.hash())) {
            become(State.REFUSED, status.revision(), revision.withAt(refused.at()), refusal);
        } else {
            tryOut(text, revision);
        }
    }

    private void tryOut(PolicyText text, PolicyRevision revision) {
        PolicySnapshot next;
        try {
            PolicyDocument document = PolicyDocument.parse(text, settings);
            document.warnings().forEach(warning -> log.warn("policy: {}", warning));
            next = PolicySnapshot.of(settings, application, document, revision);
        } catch (PolicyRefused e) {
            refuse(revision, e.getMessage());
            return;
        } catch (RuntimeException | StackOverflowError e) {
            log.error("reading policy {} failed; this is a fault of Weft or of a setting's type", revision, e);
            refuse(revision, "reading it failed: " + e);
            return;
        }
        current = next;
        log.info("policy {} is in use", revision);
        become(State.APPLIED, revision, null, "");
        onChange.tell(next);
        if (lastGood != null) {
            lastGood.save(text, revision);
        }
    }

    private void refuse(PolicyRevision revision, String reason) {
        log.warn("policy {} is refused, {} stays in use:\n{}", revision, current.revision(), reason);
        refusal = reason;
        become(State.REFUSED, status.revision(), revision, reason);
    }

    /** The source has no text for us; what is in use stays. */
    private void lost(@Nullable PolicyRevision stillRefused, String reason) {
        PolicyStatus before = status;
        boolean builtIn = before.revision().equals(PolicyRevision.BUILT_IN);
        become(builtIn ? State.NONE : State.STALE, before.revision(), stillRefused, reason);
        if (!answered || before.state() != status.state()) {
            log.warn("policy: {}; {} stays in use", reason, before.revision());
        }
        answered = true;
    }

    private void become(State state, PolicyRevision revision, @Nullable PolicyRevision refused, String reason) {
        PolicyStatus before = status;
        boolean goesOn = before.state() == state && before.revision().hash().equals(revision.hash());
        PolicyStatus now = new PolicyStatus(state, revision, refused, reason, goesOn ? before.since() : time.now());
        if (!now.equals(before)) {
            status = now;
            onStatus.tell(now);
        }
    }

    /** What the source brings. */
    private final class News implements PolicySource.Listener {
        private final String name;

        News(String name) {
            this.name = name;
        }

        @Override
        public void text(PolicyText text) {
            if (!closed) {
                arrived(text);
            }
        }

        @Override
        public void absent() {
            if (!closed) {
                boolean never = status.revision().equals(PolicyRevision.BUILT_IN);
                lost(
                        null,
                        never
                                ? "there is no policy in " + name
                                : name + " was deleted; write an empty policy there to clear it");
            }
        }

        @Override
        public void failed(String reason) {
            if (!closed) {
                lost(status.refused(), name + " cannot be read: " + PlainWords.of(reason));
            }
        }
    }
}
