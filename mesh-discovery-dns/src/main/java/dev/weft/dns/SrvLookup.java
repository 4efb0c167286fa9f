package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.xbill.DNS.Name;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

/**
 * Endpoints from SRV records (RFC 2782): each target is one, with all its addresses. Those of the first priority are
 * healthy, all others degraded: used while none of the first can be. Weights are kept; where all of a priority are 0,
 * they weigh the same.
 */
record SrvLookup(IpFamily family) implements Lookup {
    private static final String PRIORITY = "dns.priority";

    /** How many targets are looked up at a time. */
    private static final int AT_ONCE = 16;

    /** More addresses are no single host's. */
    private static final int MOST_ADDRESSES = 16;

    private static final Pattern HOST = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*");

    /** A target's addresses, and why there may be more: they could not be learnt. */
    private record Target(Addresses addresses, String trouble) {}

    @Override
    public CompletionStage<Found> find(Name name, Answers answers) {
        return answers.ask(name, Type.SRV).thenCompose(held -> {
            DnsAnswer answer = held.answer();
            List<SRVRecord> records = answer.records().stream()
                    .filter(SRVRecord.class::isInstance)
                    .map(SRVRecord.class::cast)
                    .filter(srv -> srv.getPort() > 0 && HOST.matcher(host(srv)).matches())
                    .toList();
            if (records.isEmpty()) {
                String absent =
                        answer.absent().isEmpty() ? name + " has SRV records without a host and port" : answer.absent();
                return CompletableFuture.completedFuture(Found.none(held.untilNanos(), absent));
            }
            List<Name> targets =
                    records.stream().map(SRVRecord::getTarget).distinct().toList();
            Alongside along =
                    new Alongside(held, Set.copyOf(targets), family.groups().get(0));
            return targets(targets, along, answers, new LinkedHashMap<>())
                    .thenApply(addresses -> found(name, records, addresses, held.untilNanos()));
        });
    }

    private CompletionStage<Map<Name, Target>> targets(
            List<Name> names, Alongside along, Answers answers, Map<Name, Target> known) {
        if (names.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        int count = Math.min(AT_ONCE, names.size());
        List<Name> some = names.subList(0, count);
        return DnsClient.all(
                        some.stream().map(name -> target(name, along, answers)).toList())
                .thenCompose(found -> {
                    for (int i = 0; i < count; i++) {
                        known.put(some.get(i), found.get(i));
                    }
                    return targets(names.subList(count, names.size()), along, answers, known);
                });
    }

    private CompletionStage<Target> target(Name name, Alongside along, Answers answers) {
        Addresses here = along.of(name);
        if (!here.list().isEmpty()) {
            return CompletableFuture.completedFuture(new Target(here, ""));
        }
        return AddressLookup.addresses(answers, family, name)
                .thenApply(addresses ->
                        new Target(addresses, addresses.missing().isEmpty() ? "" : name + ": " + addresses.missing()))
                .exceptionally(e -> new Target(along.of(name), name + ": " + DnsException.words(e)));
    }

    /** Servers may write it in letters of any size; an endpoint must stay the same one. */
    private static String host(SRVRecord srv) {
        return srv.getTarget().toString(true).toLowerCase(Locale.ROOT);
    }

    private static Found found(Name name, List<SRVRecord> records, Map<Name, Target> targets, long untilNanos) {
        int first = records.stream().mapToInt(SRVRecord::getPriority).min().orElse(0);
        Map<Integer, Integer> heaviest =
                records.stream().collect(Collectors.toMap(SRVRecord::getPriority, SRVRecord::getWeight, Math::max));
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        Map<String, Endpoint> partly = new LinkedHashMap<>();
        records.stream().sorted(Comparator.comparingInt(SRVRecord::getPriority)).forEach(srv -> {
            Target target = targets.get(srv.getTarget());
            if (target == null) {
                return;
            }
            List<String> addresses = target.addresses().interleaved().stream()
                    .limit(MOST_ADDRESSES)
                    .toList();
            boolean whole = target.trouble().isEmpty();
            if (whole && addresses.isEmpty()) {
                return;
            }
            String host = host(srv);
            Endpoint endpoint = Endpoint.of(host, srv.getPort())
                    .withWeight(heaviest.getOrDefault(srv.getPriority(), 0) == 0 ? 1 : srv.getWeight())
                    .withHealth(srv.getPriority() == first ? Health.HEALTHY : Health.DEGRADED)
                    .withMetadata(Map.of(AddressLookup.NAME, host, PRIORITY, Integer.toString(srv.getPriority())))
                    .withAddresses(addresses);
            if (!whole) {
                partly.putIfAbsent(endpoint.address(), endpoint);
            }
            if (!addresses.isEmpty()) {
                endpoints.putIfAbsent(endpoint.address(), endpoint);
            }
        });
        long until = targets.values().stream()
                .map(target -> target.addresses().untilNanos())
                .reduce(untilNanos, Held::earlier);
        String missing = targets.values().stream()
                .map(Target::trouble)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
        if (endpoints.isEmpty() && !missing.isEmpty()) {
            throw new DnsException("none of the targets of " + name + " could be looked up: " + missing);
        }
        List<Endpoint> sorted = endpoints.values().stream()
                .sorted(Comparator.comparing(Endpoint::address))
                .toList();
        String absent = sorted.isEmpty() ? "no target of " + name + " has an address" : "";
        return new Found(sorted, until, absent, List.copyOf(partly.values()), missing);
    }
}
