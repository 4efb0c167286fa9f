package dev.weft.consul;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which of Consul's answers become the endpoints of a service. Confined to the watch's thread.
 *
 * <p>The list in use is replaced at once by one that looks sound. One that is empty, or has lost more than half
 * at once, is first confirmed by a consistent read, and then only believed if the token may still see what has
 * vanished and Consul has not itself lost its data. Until then the list before stays in use.
 */
final class ServiceWatch implements ConsulWatch.Subject {
    private static final Logger log = LoggerFactory.getLogger(ServiceWatch.class);
    private static final long MAX_LAST_CONTACT_MILLIS = 10_000;

    /** How long services have to register again at a Consul that has lost its data. */
    static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** How many of the entries that are no endpoints a message names. */
    private static final int NAMED = 10;

    private final ConsulConfig config;
    private final String kind;
    private final String service;
    private final Resolver.Listener listener;
    private final @Nullable KeptList kept;

    private @Nullable List<Endpoint> inUse;
    private long index;
    private boolean remembered;
    private boolean delivered;
    private boolean failing;
    private boolean fromDisk;
    private Instant keptAt = Instant.EPOCH;
    private boolean lost;
    private long lostSince;
    private List<String> skipped = List.of();

    /** @param kind {@code service} or {@code connect} */
    ServiceWatch(ConsulConfig config, String kind, String service, Resolver.Listener listener) {
        this.config = config;
        this.kind = kind;
        this.service = service;
        this.listener = listener;
        this.kept = KeptList.in(config.cacheFolder(), kind, config.datacenter(), service);
    }

    @Override
    public HttpUrl.Builder path(HttpUrl.Builder agent) {
        return list(agent).addQueryParameter("stale", "");
    }

    private HttpUrl.Builder list(HttpUrl.Builder agent) {
        return config.inDatacenter(
                agent.addPathSegments("v1/health").addPathSegment(kind).addPathSegment(service));
    }

    @Override
    public void answer(Answer answer, ConsulLine line) throws IOException {
        HealthAnswer read = read(answer);
        remember();
        boolean doubtful = doubtful(read.endpoints());
        if (!answer.knownLeader() || answer.lastContactMillis() > MAX_LAST_CONTACT_MILLIS) {
            if (!doubtful && !delivered) {
                use(read, answer.index());
            }
            throw new ConsulException(answer.request() + ": the server has no contact to a leader"
                    + (delivered ? "; the last list stays in use" : ""));
        }
        if (!doubtful) {
            use(read, answer.index());
            return;
        }
        Answer sure = line.get(agent -> list(agent).addQueryParameter("consistent", ""), ConsulLine.QUICK_NANOS);
        HealthAnswer confirmed = read(sure);
        if (doubtful(confirmed.endpoints())) {
            believe(confirmed.endpoints(), sure, line);
        }
        use(confirmed, sure.index());
    }

    private HealthAnswer read(Answer answer) throws ConsulException {
        HealthAnswer read = HealthAnswer.read(answer, config);
        List<String> none = read.skipped();
        if (!none.equals(skipped)) {
            skipped = none;
            if (!none.isEmpty()) {
                log.warn(
                        "{}: left out {} of Consul's entries, which are no endpoints: {}",
                        this,
                        none.size(),
                        named(none));
            }
        }
        if (read.endpoints().isEmpty() && !none.isEmpty()) {
            throw new ConsulException(answer.request() + ": not one entry is a valid endpoint: " + named(none));
        }
        return read;
    }

    private static List<String> named(List<String> skipped) {
        return skipped.subList(0, Math.min(NAMED, skipped.size()));
    }

    private boolean doubtful(List<Endpoint> next) {
        List<Endpoint> known = inUse;
        return known == null ? next.isEmpty() : next.size() * 2 < known.size();
    }

    /** Throws, with the reason, unless the loss is a fact. */
    private void believe(List<Endpoint> next, Answer sure, ConsulLine line) throws IOException {
        List<Endpoint> before = inUse == null ? List.of() : inUse;
        String loss = sure.request() + ": " + next.size() + " instances where " + before.size() + " were known";
        try {
            if (sure.filtered() && next.isEmpty()) {
                throw new ConsulException("the token's rights hide some");
            }
            ReadRights.check(line, service, nodesGone(before, next));
            long now = config.time().nanos();
            if (sure.index() >= index || before.isEmpty()) {
                lost = false;
            } else if (!lost) {
                lost = true;
                lostSince = now;
            }
            if (lost && (next.isEmpty() || now - lostSince < SETTLE_NANOS)) {
                throw new ConsulException(
                        "Consul seems to have lost its data (index " + index + ", now " + sure.index() + ")");
            }
        } catch (ConsulException e) {
            throw new ConsulException(loss + ", not believed: " + e.getMessage()
                    + (before.isEmpty() ? "" : "; the last list stays in use"));
        }
    }

    private static Set<String> nodesGone(List<Endpoint> before, List<Endpoint> next) {
        Set<String> gone = new HashSet<>();
        before.forEach(endpoint -> gone.add(endpoint.metadata().getOrDefault(HealthAnswer.NODE, "")));
        next.forEach(endpoint -> gone.remove(endpoint.metadata().getOrDefault(HealthAnswer.NODE, "")));
        gone.remove("");
        return gone;
    }

    private void use(HealthAnswer answer, long at) {
        boolean news = !answer.endpoints().equals(inUse);
        inUse = answer.endpoints();
        index = at;
        lost = false;
        fromDisk = false;
        if (news && kept != null) {
            kept.write(answer.endpoints(), at, config.time().now());
        }
        if (news || failing || !delivered) {
            failing = false;
            delivered = true;
            listener.endpoints(answer.endpoints());
        }
    }

    /** Takes up, once, what a process before this one has kept: to compare with, and to use while Consul is away. */
    private void remember() {
        if (remembered) {
            return;
        }
        remembered = true;
        KeptList.Copy copy = kept == null ? null : kept.read();
        if (copy != null && !copy.endpoints().isEmpty()) {
            inUse = copy.endpoints();
            index = copy.index();
            keptAt = copy.savedAt();
        }
    }

    @Override
    public void failed(String reason) {
        remember();
        failing = true;
        List<Endpoint> known = inUse;
        if (!delivered && known != null) {
            delivered = true;
            fromDisk = true;
            log.warn(
                    "{}: using the {} instances kept on disk at {}, {} s ago",
                    this,
                    known.size(),
                    keptAt,
                    Duration.between(keptAt, config.time().now()).toSeconds());
            listener.endpoints(known);
        }
        listener.failed(fromDisk ? reason + "; in use is the list that was kept on disk at " + keptAt : reason);
    }

    @Override
    public String toString() {
        return kind + " " + service;
    }
}
