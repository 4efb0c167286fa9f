package dev.weft.dns;

import dev.weft.endpoint.Resolver;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private final DnsMeters meters;
    private final ThreadPoolExecutor thread;
    private final Set<DnsWatch> watches = ConcurrentHashMap.newKeySet();

    DnsResolver(DnsBuilder builder) {
        this.pattern = builder.pattern();
        this.timing = builder.timing();
        this.meters = new DnsMeters(pattern);
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
        this.client = builder.client(timing, meters, thread);
        this.lookup = builder.lookup();
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
        DnsWatch watch = new DnsWatch(service, anew -> find(service, anew), timing, meters, thread, listener);
        watches.add(watch);
        watch.start();
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    @Override
    public void publish(MeterRegistry registry) {
        meters.publish(registry);
    }

    private CompletionStage<Found> find(String service, boolean anew) {
        return find(client.candidates(name(service)), client.answers(anew), List.of());
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
    private CompletionStage<Found> find(List<Name> names, Lookup.Answers answers, List<Found> none) {
        return lookup.find(names.get(0), answers).thenCompose(found -> {
            if (!found.endpoints().isEmpty()) {
                return CompletableFuture.completedFuture(found);
            }
            List<Found> all = Stream.concat(none.stream(), Stream.of(found)).toList();
            return names.size() > 1
                    ? find(names.subList(1, names.size()), answers, all)
                    : CompletableFuture.completedFuture(Found.none(
                            all.stream()
                                    .map(Found::untilNanos)
                                    .reduce(Held::earlier)
                                    .orElseThrow(),
                            all.stream().map(Found::absent).collect(Collectors.joining("; "))));
        });
    }

    @Override
    public void close() {
        watches.forEach(DnsWatch::close);
        watches.clear();
        meters.close();
        thread.shutdown();
    }
}
