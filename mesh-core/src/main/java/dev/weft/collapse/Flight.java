package dev.weft.collapse;

import dev.weft.call.Call;
import dev.weft.call.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One call for all that ask the same. Whoever comes before its answer's head boards; when the last has left it is cut off.
 * Thread-safe.
 */
final class Flight<R> {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Seat<R>> seats = new ArrayList<>(2);
    private final Call call;
    private boolean boarding = true;

    /** Somebody aboard. */
    record Seat<R>(Call call, Promise<Landing<R>> landing) {}

    /** @param call made in the others' stead */
    Flight(Call call) {
        this.call = call;
    }

    Call call() {
        return call;
    }

    /** Null where it boards nobody any more. */
    @Nullable
    Seat<R> board(Call passenger) {
        lock.lock();
        try {
            if (!boarding) {
                return null;
            }
            Seat<R> seat = new Seat<>(passenger, new Promise<>());
            seats.add(seat);
            return seat;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody waits no longer. */
    void leave(Seat<R> seat) {
        boolean empty;
        lock.lock();
        try {
            empty = seats.remove(seat) && seats.isEmpty();
            boarding &= !empty;
        } finally {
            lock.unlock();
        }
        if (empty) {
            call.cancel();
        }
    }

    /** Boards nobody from now on. */
    List<Seat<R>> close() {
        lock.lock();
        try {
            boarding = false;
            return List.copyOf(seats);
        } finally {
            lock.unlock();
        }
    }
}
