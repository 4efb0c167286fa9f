package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.time.Lookout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import okio.AsyncTimeout;
import org.jspecify.annotations.Nullable;

/**
 * An attempt on the wire that can be cut off: by its caller, by its deadline, by an interrupt of the thread that waits for
 * it. The first of them counts. Its parts are one object, as there is one for each attempt.
 *
 * <p>OkHttp cuts off whatever connection the attempt had when it was told to, and at that very moment may give it to
 * another: a call of somebody else's would be cut off in its place. So a connection whose answer has been read is given
 * back only when no cut is under way, and is cut no more from then on.
 */
abstract class Cuttable extends Progress implements Cancellable, Lookout.Watched {
    private static final VarHandle CUT;
    private static final VarHandle HOLD;

    static {
        try {
            CUT = MethodHandles.lookup().findVarHandle(Cuttable.class, "cut", Cut.class);
            HOLD = MethodHandles.lookup().findVarHandle(Cuttable.class, "hold", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How soon an interrupted caller is let go: nobody tells when a thread that reads a socket is interrupted. */
    private static final long INTERRUPT_NANOS = 100_000_000;

    /** After its deadline an exchange whose caller does not even notice is over all the same. */
    private static final long ABANDONED_NANOS = 1_000_000_000;

    /** How long a cut takes that goes on, at most, and how often is looked whether it is done. */
    private static final int CUTTING_LOOKS = 20_000;

    private static final long CUTTING_NANOS = 50_000;

    // What the attempt has of a connection.

    private static final int HELD = 0;
    private static final int CUTTING = 1;
    private static final int DONE = 2;
    private static final int GIVEN_BACK = 3;

    private final Call attempt;
    private final okhttp3.Call wire;

    /** Who waits for the head, if somebody does. */
    private volatile @Nullable Thread caller;

    private volatile @Nullable Cut cut;

    private volatile int hold;

    private volatile @Nullable Future<?> lookup;

    Cuttable(Call attempt, okhttp3.Call wire) {
        this.attempt = attempt;
        this.wire = wire;
    }

    final Call attempt() {
        return attempt;
    }

    final okhttp3.Call wire() {
        return wire;
    }

    /** From now on that thread waits for the head; null for nobody. */
    final void awaitedBy(@Nullable Thread thread) {
        caller = thread;
    }

    /** Why it was cut off, if it was. */
    final @Nullable Cut cutBy() {
        return cut;
    }

    /** The same; an interrupt of who waits that nobody has noticed yet cuts it off now. */
    final @Nullable Cut cutOrInterrupted() {
        if (interrupted() && CUT.compareAndSet(this, null, Cut.INTERRUPTED)) {
            attempt.logical().cancel();
        }
        return cut;
    }

    private boolean interrupted() {
        Thread waits = caller;
        return waits != null && waits.isInterrupted();
    }

    /** Whether nothing of it is left open. */
    abstract boolean isOver();

    /** It is past its deadline, was cut off for it, and is there all the same. */
    abstract void abandon();

    @Override
    public final void cancel() {
        cut(Cut.CANCELLED);
    }

    final void cut(Cut why) {
        if (!isOver() && CUT.compareAndSet(this, null, why)) {
            stopLookup();
            cancelWire();
        }
    }

    /** Waits for an address; to be cut off like the rest. */
    final void looksUp(Future<?> address) {
        lookup = address;
        if (cut != null) {
            stopLookup();
        }
    }

    private void stopLookup() {
        Future<?> waiting = lookup;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    private void cancelWire() {
        if (!HOLD.compareAndSet(this, HELD, CUTTING)) {
            return;
        }
        try {
            wire.cancel();
        } catch (RuntimeException e) {
            // A listener of the user's threw; the connection is cut all the same.
            return;
        } finally {
            hold = DONE;
        }
    }

    /** Cut off, by whomever. */
    @Override
    public final void canceled(okhttp3.Call call) {
        hold = DONE;
    }

    /** The answer is read; next OkHttp gives the connection back. */
    @Override
    public final void responseBodyEnd(okhttp3.Call call, long byteCount) {
        if (!HOLD.compareAndSet(this, HELD, GIVEN_BACK)) {
            for (int i = 0; hold == CUTTING && i < CUTTING_LOOKS; i++) {
                LockSupport.parkNanos(CUTTING_NANOS);
            }
        }
    }

    @Override
    final void connects() {
        // An authenticator or an interceptor of the user's has it sent once more.
        if (hold == GIVEN_BACK) {
            hold = HELD;
            if (cut != null) {
                cancelWire();
            }
        }
    }

    @Override
    public final long look(long nowNanos) {
        if (isOver()) {
            return Lookout.NEVER_NANOS;
        }
        if (interrupted() && cut == null) {
            cut(Cut.INTERRUPTED);
            attempt.logical().cancel();
        }
        if (attempt.remainingNanos(nowNanos) > 0) {
            return untilNextLook(nowNanos);
        }
        if (CUT.compareAndSet(this, null, Cut.DEADLINE)) {
            expire();
            stopLookup();
            return ABANDONED_NANOS;
        }
        abandon();
        return Lookout.NEVER_NANOS;
    }

    final long untilNextLook(long nowNanos) {
        long left = attempt.remainingNanos(nowNanos);
        return caller == null ? left : Math.min(left, INTERRUPT_NANOS);
    }

    /**
     * Lets OkHttp's own time-out of the call strike now, which gives body readers OkHttp's own exception. It is not
     * armed beforehand, since that costs a call more than anything else Weft does.
     */
    private void expire() {
        if (connecting() && wire.timeout() instanceof AsyncTimeout timeout && HOLD.compareAndSet(this, HELD, CUTTING)) {
            try {
                timeout.timeout(1, TimeUnit.NANOSECONDS);
                timeout.enter();
                return;
            } catch (IllegalStateException e) {
                // An interceptor of the user's has armed it already.
                hold = HELD;
            }
        }
        cancelWire();
    }
}
