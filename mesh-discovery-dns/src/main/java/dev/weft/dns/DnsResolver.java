package dev.weft.dns;

import dev.weft.endpoint.Resolver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.xbill.DNS.Name;
import org.xbill.DNS.TextParseException;

/** Endpoints from DNS: the addresses of a name, or its SRV records. */
public final class DnsResolver implements Resolver {
    static final String SERVICE = "{service}";
    private static final Pattern LABELS = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");
    private static final long IDLE_SECONDS = 10;

    private final String pattern;
    private final DnsClient client;
    private final Lookup lookup;
    private final DnsTiming timing;
    private final ThreadPoolExecutor thread;
    private final Set<DnsWatch> watches = ConcurrentHashMap.newKeySet();

    DnsResolver(DnsBuilder builder) {
        this.pattern = builder.pattern();
        this.timing = builder.timing();
        // What is left over when the resolver is closed is of no use to anybody.
        this.thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                DnsResolver::daemon,
                new ThreadPoolExecutor.DiscardPolicy());
        thread.allowCoreThreadTimeOut(true);
        this.client = builder.client(thread);
        this.lookup = builder.lookup(client);
    }

    private static Thread daemon(Runnable body) {
        Thread thread = new Thread(body, "weft-dns");
        thread.setDaemon(true);
        return thread;
    }

    public static DnsBuilder builder() {
        return new DnsBuilder();
    }

    @Override
    public Watch watch(String service, Listener listener) {
        DnsWatch watch = new DnsWatch(service, () -> find(service), timing, thread, listener);
        watches.add(watch);
        watch.start();
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    private CompletionStage<Found> find(String service) {
        return find(client.candidates(name(service)).iterator(), Long.MAX_VALUE, List.of());
    }

    private Name name(String service) {
        if (!LABELS.matcher(service).matches()) {
            throw new DnsException("'" + service + "' cannot be part of a name in DNS");
        }
        String text = pattern.replace(SERVICE, service);
        try {
            return Name.fromString(text);
        } catch (TextParseException e) {
            throw new DnsException("'" + text + "' is no name in DNS: " + e.getMessage(), e);
        }
    }

    /** The first name that has endpoints counts; a failure is no reason to go on, as the name may well exist. */
    private CompletionStage<Found> find(Iterator<Name> names, long ttl, List<String> absent) {
        if (!names.hasNext()) {
            return CompletableFuture.completedFuture(Found.none(ttl, String.join("; ", absent)));
        }
        return lookup.find(names.next()).thenCompose(found -> {
            if (!found.endpoints().isEmpty()) {
                return CompletableFuture.completedFuture(found);
            }
            List<String> reasons = new ArrayList<>(absent);
            reasons.add(found.absent());
            return find(names, Math.min(ttl, found.ttl()), reasons);
        });
    }

    @Override
    public void close() {
        watches.forEach(DnsWatch::close);
        watches.clear();
        thread.shutdown();
    }
}
