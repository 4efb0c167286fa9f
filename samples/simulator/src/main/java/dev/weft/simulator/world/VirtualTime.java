package dev.weft.simulator.world;

import dev.weft.time.Time;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that passes only from one event to the next: clock and timer in one, for one thread. What is planned lies in a heap
 * of four children to a parent, its moments beside it; taking an event back costs as much as planning it.
 */
final class VirtualTime implements Time {
    /** Any origin must do; zero is what some take for "never". */
    private static final long ORIGIN_NANOS = 1_000_000_000_000L;

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    private static final int CHILDREN = 4;

    private long nowNanos = ORIGIN_NANOS;
    private long orders;
    private long[] moments = new long[1024];
    private @Nullable Event[] events = new Event[1024];
    private int size;

    @Override
    public long nanos() {
        return nowNanos;
    }

    @Override
    public Instant now() {
        return EPOCH.plusNanos(elapsed());
    }

    /** Nanoseconds since the world began. */
    long elapsed() {
        return nowNanos - ORIGIN_NANOS;
    }

    /** How many events are planned. */
    int planned() {
        return size;
    }

    @Override
    public Scheduled after(long delayNanos, Runnable task) {
        Timer timer = new Timer(this, task);
        plan(timer, delayNanos);
        return timer;
    }

    /** Plans an event that is not planned. */
    void plan(Event event, long delayNanos) {
        if (size == moments.length) {
            moments = Arrays.copyOf(moments, 2 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
        event.order = orders++;
        up(size++, Time.plus(nowNanos, Math.max(0, delayNanos)), event);
    }

    /** Takes an event back; without effect where it is not planned. */
    void takeBack(Event event) {
        int hole = event.place;
        if (hole >= 0) {
            event.place = -1;
            fill(hole);
        }
    }

    /** Has the next event happen, if it is due by then; else nothing. */
    boolean step(long untilElapsedNanos) {
        long until = ORIGIN_NANOS + untilElapsedNanos;
        Event next = events[0];
        if (size == 0 || next == null || moments[0] - until > 0) {
            return false;
        }
        nowNanos = moments[0];
        next.place = -1;
        fill(0);
        next.happen();
        return true;
    }

    /** Whoever waits has the world go on: there is one thread. */
    @Override
    public void park(BooleanSupplier done, long untilNanos) {
        while (!done.getAsBoolean() && untilNanos - nowNanos > 0) {
            if (!step(untilNanos - ORIGIN_NANOS)) {
                if (untilNanos == NEVER_NANOS) {
                    throw new IllegalStateException("whoever waits for ever in virtual time waits in vain");
                }
                nowNanos = untilNanos;
            }
        }
    }

    /** Puts the last event where one has left. */
    private void fill(int hole) {
        size--;
        Event last = events[size];
        events[size] = null;
        if (hole == size || last == null) {
            return;
        }
        long moment = moments[size];
        if (hole > 0 && before(moment, last, (hole - 1) / CHILDREN)) {
            up(hole, moment, last);
        } else {
            down(hole, moment, last);
        }
    }

    private void up(int from, long moment, Event event) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) / CHILDREN;
            if (!before(moment, event, parent)) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, moment, event);
    }

    private void down(int from, long moment, Event event) {
        int at = from;
        while (true) {
            int first = CHILDREN * at + 1;
            int least = first;
            for (int child = first + 1; child < Math.min(first + CHILDREN, size); child++) {
                Event candidate = events[child];
                if (candidate != null && before(moments[child], candidate, least)) {
                    least = child;
                }
            }
            if (first >= size || before(moment, event, least)) {
                put(at, moment, event);
                return;
            }
            move(least, at);
            at = least;
        }
    }

    private boolean before(long moment, Event event, int place) {
        Event other = events[place];
        return other == null
                || moment - moments[place] < 0
                || (moment == moments[place] && event.order - other.order < 0);
    }

    private void move(int from, int to) {
        Event event = events[from];
        if (event != null) {
            put(to, moments[from], event);
        }
    }

    private void put(int place, long moment, Event event) {
        moments[place] = moment;
        events[place] = event;
        event.place = place;
    }

    /** A task of the stack's. */
    private static final class Timer extends Event implements Scheduled {
        private final VirtualTime time;
        private final Runnable task;

        Timer(VirtualTime time, Runnable task) {
            this.time = time;
            this.task = task;
        }

        @Override
        void happen() {
            task.run();
        }

        @Override
        public void cancel() {
            time.takeBack(this);
        }
    }
}
