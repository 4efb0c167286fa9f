package dev.weft.consul;

import dev.weft.rate.RateShares;
import dev.weft.time.Time;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shares of limits by what every process tells of its demand under {@code weft/rates/LIMIT/INSTANCE}, bound to its session.
 * Each looks once a second at what all tell, and all come to the same result: a fifth of the limit in equal parts, the rest
 * by demand. A share falls at once and rises when all others have had the time to see why, so that together they are no
 * more than the limit, but for the moment in which somebody begins.
 *
 * <p>While Consul cannot be reached a share stays as it is for as long as a session would; after that each has an equal part,
 * among as many as there were. So it is with one limit that Consul refuses, while the others go on. Thread-safe.
 */
final class ConsulRateShares implements RateShares {
    static final String PREFIX = "weft/rates/";

    private static final Logger log = LoggerFactory.getLogger(ConsulRateShares.class);
    private static final int CONFLICT = 409;
    private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9._:@-]+");
    private static final Pattern LIMIT = Pattern.compile("[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*");
    private static final String SESSION_TTL = "10s";
    private static final long RENEW_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConsulConfig config;
    private final String instance;
    private final int expected;
    private final Kiwi kiwi;
    private final ConsulLine line;
    private final Loop loop;
    private final ConcurrentMap<String, LeasedShare> leases = new ConcurrentHashMap<>();
    private final AtomicBoolean started = new AtomicBoolean();

    ConsulRateShares(ConsulHttp http, String instance, int expected) {
        if (!INSTANCE.matcher(instance).matches()) {
            throw new IllegalArgumentException(
                    "the instance name '" + instance + "' may have letters, digits and . _ : @ - only");
        }
        if (expected < 1) {
            throw new IllegalArgumentException("there is at least one process, not " + expected);
        }
        this.config = http.config();
        this.instance = instance;
        this.expected = expected;
        this.kiwi = http.kiwi();
        this.line = new ConsulLine(http);
        this.loop = new Loop("rates of " + instance, config.time(), new Sharing());
    }

    @Override
    public Lease lease(String limit, Party party) {
        if (!LIMIT.matcher(limit).matches()) {
            throw new IllegalArgumentException(
                    "the limit's name '" + limit + "' may have letters, digits and . _ - only, and / between");
        }
        LeasedShare lease = leases.compute(
                limit,
                (name, known) -> known == null || known.over()
                        ? new LeasedShare(name, party, expected, config.time().nanos())
                        : known.passTo(party));
        if (started.compareAndSet(false, true)) {
            loop.start();
        }
        loop.wake();
        return () -> {
            lease.close();
            loop.wake();
        };
    }

    @Override
    public void close() {
        loop.close();
        // Should the last act take longer than closing waits.
        kiwi.close();
    }

    private final class Sharing implements Loop.Work {
        private final Time time = config.time();
        private final Session session = new Session(kiwi, PREFIX + "*/" + instance, SESSION_TTL);
        private String bound = "";
        private long renewAtNanos = time.nanos();

        @Override
        public long step() throws IOException {
            if (bound.isEmpty() || time.nanos() - renewAtNanos >= 0) {
                String id = session.renewed();
                if (!id.equals(bound)) {
                    bound = id;
                    leases.values().forEach(LeasedShare::forgotten);
                }
                renewAtNanos = time.nanos() + RENEW_NANOS;
            }
            for (LeasedShare lease : leases.values()) {
                askUnlessRefused(lease, PREFIX + lease.limit() + "/" + instance);
            }
            return LOOK_NANOS;
        }

        private void askUnlessRefused(LeasedShare lease, String key) throws IOException {
            try {
                if (lease.over()) {
                    giveBack(lease, key);
                } else {
                    take(lease, key);
                }
                lease.well();
            } catch (ConsulException e) {
                if (e.status() < 400 || e.status() >= 500) {
                    throw e;
                }
                // Consul is there, and does what it is asked for the others.
                missed(lease);
                if (lease.trouble(String.valueOf(e.getMessage()))) {
                    log.warn("rates of {}: {}; trying again", instance, e.getMessage());
                }
            }
        }

        private void missed(LeasedShare lease) {
            long now = time.nanos();
            lease.missed(now - lease.heardNanos(), now);
        }

        /** Known until Consul has heard it; whoever takes the limit over meanwhile tells of his demand anew. */
        private void giveBack(LeasedShare lease, String key) throws IOException {
            kiwi.call("giving back " + key, consul -> {
                consul.keyValueClient().deleteKey(key);
                return key;
            });
            leases.remove(lease.limit(), lease);
        }

        private void take(LeasedShare lease, String key) throws IOException {
            String news = lease.news(time.nanos());
            if (news != null) {
                boolean held = kiwi.call(
                        "telling " + key, consul -> consul.keyValueClient().acquireLock(key, news, bound));
                if (!held) {
                    throw new ConsulException(
                            key + " is held by another session; two processes must not have the same"
                                    + " name, and the session of one that has died ends within 20 s",
                            CONFLICT);
                }
                lease.told(news);
            }
            Answer answer = line.get(agent -> all(agent, lease.limit()), ConsulLine.QUICK_NANOS);
            RateRecord[] records = answer.status() == 404
                    ? new RateRecord[0]
                    : Json.read(answer.request(), answer.successful().body(), RateRecord[].class);
            lease.heard(key, List.of(records), time.nanos());
        }

        private HttpUrl.Builder all(HttpUrl.Builder agent, String limit) {
            return config.inDatacenter(agent.addPathSegments("v1/kv")
                            .addPathSegments(PREFIX + limit)
                            .addPathSegment(""))
                    .addQueryParameter("recurse", "");
        }

        /** Called by the loop after each step that failed. */
        @Override
        public void failed(String reason) {
            leases.values().forEach(this::missed);
        }

        @Override
        public void cut() {
            line.cut();
            kiwi.cut();
        }

        @Override
        public void end() {
            session.end();
        }
    }
}
