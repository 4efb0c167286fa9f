package dev.weft.call;

import dev.weft.time.Time;
import java.util.concurrent.Executor;

/**
 * How a call waits. Besides this type only the leaf knows whether the caller blocks.
 *
 * <p>A blocking call runs on the caller's own thread, platform or virtual, from end to end. An async call
 * never blocks, and after a pause goes on at home: on the executor it was given, never on a timer thread.
 */
public sealed interface Pace permits BlockingPace, AsyncPace {
    /** For a blocking caller; what runs beside it, the second leg of a hedge, is begun on the timer's thread. */
    static Pace blocking(Time time) {
        return blocking(time, Runnable::run);
    }

    /** @param beside where that runs which a blocking call has done beside it: the second leg of a hedge */
    static Pace blocking(Time time, Executor beside) {
        return new BlockingPace(time, new AsyncPace(time, beside));
    }

    static Pace async(Time time, Executor home) {
        return new AsyncPace(time, home);
    }

    Time time();

    boolean isBlocking();

    /** The pace of what is done beside a call of this pace: async. */
    Pace beside();

    /** Runs {@code task} beside the call, {@code delayNanos} from now; not at all where no thread can be had for it. */
    Time.Scheduled after(long delayNanos, Runnable task);

    /**
     * Waits. Fails at once, without waiting, where the call's deadline is nearer; fails when the call is
     * cancelled meanwhile, and when a waiting thread is interrupted, which also cancels the call.
     */
    Reply<Call> pause(Call call, long nanos);

    /**
     * For transports, whose threads carry calls. Blocking: holds the caller until the promise is known, or fails at the
     * call's deadline. Async: as it is. An answer that comes after that, for which {@link Promise#complete} is false, is the
     * transport's to dispose of.
     */
    <R> Reply<R> settle(Call call, Promise<R> promise);

    /**
     * For waits on this side, which strangers end: a timer, the source of endpoints, another call. Blocking: as {@link
     * #settle}. Async: the call goes on at home, and not on the thread that completes the promise.
     */
    <R> Reply<R> resume(Call call, Promise<R> promise);
}
