package dev.weft.balance;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node has said lately of how busy it is, with answers or when asked, and how it goes on being asked: by one
 * question at a time, which is given up after a second. A server that does not know the question is not asked for half a
 * minute; what this process sees of it stands in. Kept in the node; thread-safe, no locks.
 */
final class Sounding {
    /** How long a word counts, and how long an answer to a question is waited for. */
    static final long AGE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Who has said something in this time need not be asked. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long DEAF_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final Logger log = LoggerFactory.getLogger(Sounding.class);

    final Node node;
    private final AtomicInteger uses = new AtomicInteger();
    private final AtomicReference<@Nullable Question> question = new AtomicReference<>();
    private volatile @Nullable Word last;
    private volatile boolean deaf;
    private volatile long deafUntilNanos;
    private volatile long askedNanos;

    private Sounding(Node node) {
        this.node = node;
        this.askedNanos = node.bornNanos() - PAUSE_NANOS;
    }

    static Sounding of(Node node) {
        return node.memory(Sounding.class, Sounding::new);
    }

    private record Word(LoadSignal said, long atNanos) {}

    // What it says.

    /** It said so, with an answer or when asked. */
    void heard(LoadSignal said, long nowNanos) {
        uses.set(0);
        last = new Word(said, nowNanos);
    }

    /** Whether one may go by what it said: not where it failed since, as failing fast draws no traffic. */
    boolean counts(long nowNanos) {
        Word word = last;
        return word != null && nowNanos - word.atNanos <= AGE_NANOS && !node.faltering(nowNanos);
    }

    boolean said() {
        return last != null;
    }

    /** When it last said something; 0 where it never did. */
    long saidNanos() {
        Word word = last;
        return word == null ? 0 : word.atNanos;
    }

    /** How long ago it last said something; the farthest past where it never did. */
    long ageNanos(long nowNanos) {
        Word word = last;
        return word == null ? Long.MAX_VALUE : nowNanos - word.atNanos;
    }

    /** Requests that it has under way, with those that were sent to it since it said so. */
    int inFlight() {
        Word word = last;
        int said = word == null ? 0 : word.said.inFlight();
        return Math.max(said + uses.get(), node.inFlight());
    }

    /** By its own word; else as this process sees it. */
    double latencyNanos(long nowNanos, long decayNanos) {
        Word word = last;
        long said = word == null ? 0 : word.said.latencyNanos();
        return said > 0 ? said : node.latency().at(nowNanos, decayNanos);
    }

    /** One more goes there by its word; how many have, with this one. */
    int used() {
        return uses.incrementAndGet();
    }

    // Being asked.

    /** Whether it should be asked: it was not for a while, and has not spoken. */
    boolean due(long nowNanos) {
        return nowNanos - askedNanos >= PAUSE_NANOS && ageNanos(nowNanos) >= PAUSE_NANOS && question.get() == null;
    }

    /** Asks it; {@code then} runs when it has said something. */
    void ask(Asker asker, long decayNanos, long nowNanos, Runnable then) {
        Prober prober = asker.prober;
        if (prober == null || (deaf && nowNanos - deafUntilNanos < 0)) {
            askedNanos = nowNanos;
            heard(new LoadSignal(node.inFlight(), (long) node.latency().at(nowNanos, decayNanos)), nowNanos);
            then.run();
            return;
        }
        Question fresh = new Question(asker, then);
        if (asker.takePlace()) {
            if (question.compareAndSet(null, fresh)) {
                askedNanos = nowNanos;
                fresh.start(prober);
            } else {
                asker.givePlace();
            }
        }
    }

    /** How nodes are asked, by the policy of now, and how many are being asked. Lives through changes of policy. */
    static final class Asker {
        static final Asker NOBODY = new Asker(null, Policy.builtIn(""), Time.system());

        private static final int MOST_AT_ONCE = 64;

        private final Time time;
        private volatile @Nullable Prober prober;
        private volatile Policy policy;
        private final AtomicInteger underWay = new AtomicInteger();

        /** @param prober null where nobody can be asked */
        Asker(@Nullable Prober prober, Policy policy, Time time) {
            this.prober = prober;
            this.policy = policy;
            this.time = time;
        }

        /** The first who can ask does so; by the newest policy, or connections would be made anew for each question. */
        void follow(@Nullable Prober found, Policy now) {
            if (prober == null) {
                prober = found;
            }
            policy = now;
        }

        int underWay() {
            return underWay.get();
        }

        private boolean takePlace() {
            return underWay.getAndUpdate(taken -> Math.min(taken + 1, MOST_AT_ONCE)) < MOST_AT_ONCE;
        }

        private void givePlace() {
            underWay.decrementAndGet();
        }
    }

    /** One that is under way. */
    private final class Question implements Prober.LoadListener {
        private final Asker asker;
        private final Runnable then;
        private final AtomicReference<@Nullable Cancellable> cut = new AtomicReference<>();
        private Time.@Nullable Scheduled late;

        Question(Asker asker, Runnable then) {
            this.asker = asker;
            this.then = then;
        }

        void start(Prober prober) {
            // It keeps the node's connections open.
            node.checkStarted();
            late = asker.time.after(AGE_NANOS, this::giveUp);
            try {
                cut.set(prober.askLoad(node, asker.policy, AGE_NANOS, this));
            } catch (RuntimeException | Error e) {
                log.error("{} could not be asked how busy it is", node, e);
                over();
            }
            if (question.get() != this) {
                stop();
            }
        }

        private void giveUp() {
            if (over()) {
                stop();
            }
        }

        private void stop() {
            Cancellable started = cut.getAndSet(null);
            if (started != null) {
                started.cancel();
            }
        }

        @Override
        public void answered(@Nullable LoadSignal load) {
            if (!over()) {
                return;
            }
            long now = asker.time.nanos();
            if (load == null) {
                deafUntilNanos = now + DEAF_NANOS;
                deaf = true;
            } else {
                deaf = false;
                heard(load, now);
                then.run();
            }
        }

        @Override
        public void unanswered() {
            over();
        }

        /** True for the first who says so. */
        private boolean over() {
            if (!question.compareAndSet(this, null)) {
                return false;
            }
            Time.Scheduled timer = late;
            if (timer != null) {
                timer.cancel();
            }
            asker.givePlace();
            node.checkEnded();
            return true;
        }
    }
}
