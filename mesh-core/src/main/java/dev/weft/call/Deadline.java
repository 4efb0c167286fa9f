package dev.weft.call;

import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The moment by which work must be done, as the {@link Context} carries it from the caller to every call made on
 * its behalf. Immutable.
 *
 * <p>It travels as the rest of the context does: {@link Context#taskWrapping} takes it over executors and virtual
 * threads, the wire takes what is left of it to the next process. Whoever puts one into a context that has one
 * already can only bring it nearer.
 *
 * @param nanos the moment, on the monotonic clock of {@code time}; compare by subtraction only
 * @param time the clock that it is told on
 */
public record Deadline(long nanos, Time time) implements ImplicitContextKeyed {
    /** With less than this left nothing is worth sending: the answer would come too late. */
    public static final long TOO_LITTLE_NANOS = 2_000_000;

    private static final ContextKey<Deadline> KEY = ContextKey.named("weft-deadline");

    /** A deadline {@code nanos} from now; zero or less has passed already. */
    public static Deadline afterNanos(long nanos, Time time) {
        return new Deadline(Time.plus(time.nanos(), nanos), time);
    }

    /** A deadline {@code left} from now; zero or less has passed already. */
    public static Deadline after(Duration left, Time time) {
        return afterNanos(Time.inNanos(left), time);
    }

    /** As {@link #after(Duration, Time)}, on the machine's clock. */
    public static Deadline after(Duration left) {
        return after(left, Time.system());
    }

    /**
     * Puts everything that this thread does until the scope is closed under a deadline.
     *
     * <pre>{@code
     * try (Scope scope = Deadline.within(Duration.ofMillis(300))) {
     *   return inventory.stock(id); // this call, its retries, and what it causes elsewhere
     * }
     * }</pre>
     */
    @SuppressWarnings("MustBeClosedChecker") // the caller's to close
    public static Scope within(Duration left) {
        return after(left).makeCurrent();
    }

    /** The deadline that the context stands under, or null. */
    public static @Nullable Deadline in(Context context) {
        return context.get(KEY);
    }

    /** What is left; zero or less once it has passed. */
    public long remainingNanos() {
        return nanos - time.nanos();
    }

    /** Whether it has passed. */
    public boolean passed() {
        return remainingNanos() <= 0;
    }

    /** The same moment on another clock. */
    public long nanosOn(Time other) {
        return other == time ? nanos : Time.plus(other.nanos(), remainingNanos());
    }

    /** The context under this deadline; the context itself where it stands under a nearer one. */
    @Override
    public Context storeInContext(Context context) {
        Deadline present = in(context);
        return present != null && present.nanosOn(time) - nanos <= 0 ? context : context.with(KEY, this);
    }
}
