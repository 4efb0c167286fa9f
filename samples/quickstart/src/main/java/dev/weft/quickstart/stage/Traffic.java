package dev.weft.quickstart.stage;

import dev.weft.call.MeshException;
import dev.weft.quickstart.shop.Replica;
import dev.weft.quickstart.shop.Storefront;
import dev.weft.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retrofit2.Response;

/**
 * Visitors of the storefront at a steady rate, whether or not earlier ones were served (an open loop): slowness does
 * not hide by holding the next visitor back. Each calls both services, one after the other.
 */
public final class Traffic implements AutoCloseable {
    private static final int WARM_UP = 300;
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(10);
    private static final String[] ITEMS = {"lamp", "chair", "carpet", "kettle", "mirror", "candle", "bookcase"};

    private static final Logger log = LoggerFactory.getLogger(Traffic.class);

    private final Storefront storefront;
    private final Time time;
    private final Map<String, Tally> tallies = Map.of("inventory", new Tally(), "pricing", new Tally());
    private final ExecutorService visitors = Executors.newCachedThreadPool(Traffic::visitor);
    private final AtomicLong arrivals = new AtomicLong();
    private final NavigableSet<Long> inside = new ConcurrentSkipListSet<>();
    private final Beat door;

    /** A call as Retrofit makes it. */
    private interface Request {
        Response<?> send() throws IOException;
    }

    /** Opens the door, after a warm-up. */
    public Traffic(Storefront storefront, Time time, int perSecond) {
        this.storefront = storefront;
        this.time = time;
        warmUp();
        this.door = Beat.start("door", time, Duration.ofSeconds(1).dividedBy(perSecond), this::arrive);
    }

    /** One call after the other, uncounted: a Java that has just started is slow, and a busy machine makes it worse. */
    private void warmUp() {
        long end = time.nanos() + LONGEST_WARM_UP.toNanos();
        for (int i = 0; i < WARM_UP && time.nanos() - end < 0; i++) {
            try {
                storefront.stock("lamp");
                storefront.price("lamp");
            } catch (IOException e) {
                log.warn("warming up: {}", e.toString());
            }
        }
    }

    private static Thread visitor(Runnable visit) {
        Thread thread = new Thread(visit, "visitor");
        thread.setDaemon(true);
        return thread;
    }

    /** What the callers of {@code service} see. */
    public Tally tally(String service) {
        Tally tally = tallies.get(service);
        if (tally == null) {
            throw new IllegalArgumentException("nobody calls " + service);
        }
        return tally;
    }

    /** Whether every visitor who came before now has left. */
    public boolean settled(long arrivalsBefore) {
        Long first = inside.ceiling(0L);
        return first == null || first > arrivalsBefore;
    }

    /** How many visitors came. */
    public long arrivals() {
        return arrivals.get();
    }

    private void arrive() {
        long visitor = arrivals.incrementAndGet();
        inside.add(visitor);
        visitors.execute(() -> {
            try {
                visit(ITEMS[(int) (visitor % ITEMS.length)]);
            } finally {
                inside.remove(visitor);
            }
        });
    }

    private void visit(String item) {
        call("inventory", () -> storefront.stock(item));
        call("pricing", () -> storefront.price(item));
    }

    private void call(String service, Request request) {
        Tally tally = tally(service);
        long start = time.nanos();
        try {
            Response<?> response = request.send();
            String replica = response.headers().get(Replica.NAME_HEADER);
            if (response.isSuccessful() && replica != null) {
                tally.answered(replica, time.nanos() - start);
            } else {
                tally.failed("HTTP " + response.code(), time.nanos() - start);
            }
        } catch (MeshException e) {
            tally.failed(e.fate().label(), time.nanos() - start);
        } catch (IOException | RuntimeException e) {
            tally.failed(e.toString(), time.nanos() - start);
        }
    }

    /** Lets nobody in any more, and waits for those inside. */
    @Override
    public void close() {
        door.close();
        long last = arrivals();
        Patience.until(time, Duration.ofSeconds(10), () -> settled(last));
        visitors.shutdownNow();
    }
}
