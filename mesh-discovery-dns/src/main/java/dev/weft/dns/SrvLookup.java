package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Type;

/**
 * Endpoints from SRV records (RFC 2782). Those of the first priority are healthy, all others degraded: used while none
 * of the first can be. Weights are kept; where all of a priority are 0, they weigh the same.
 */
record SrvLookup(DnsClient client, IpFamily family) implements Lookup {
    private static final String PRIORITY = "dns.priority";

    /** How many targets are looked up at a time. */
    private static final int AT_ONCE = 16;

    /** A target's addresses, or why they could not be learnt. */
    private record Target(Addresses addresses, String trouble) {}

    @Override
    public CompletionStage<Found> find(Name name) {
        return client.ask(name, Type.SRV).thenCompose(answer -> {
            List<SRVRecord> records = answer.records().stream()
                    .filter(SRVRecord.class::isInstance)
                    .map(SRVRecord.class::cast)
                    .filter(srv -> !srv.getTarget().equals(Name.root) && srv.getPort() > 0)
                    .toList();
            if (records.isEmpty()) {
                String absent =
                        answer.absent().isEmpty() ? name + " has SRV records without a target" : answer.absent();
                return CompletableFuture.completedFuture(Found.none(answer.ttl(), absent));
            }
            List<Name> targets =
                    records.stream().map(SRVRecord::getTarget).distinct().toList();
            return targets(targets, answer, new LinkedHashMap<>())
                    .thenApply(addresses -> found(name, records, addresses, answer.ttl()));
        });
    }

    private CompletionStage<Map<Name, Target>> targets(List<Name> names, DnsAnswer answer, Map<Name, Target> known) {
        if (names.isEmpty()) {
            return CompletableFuture.completedFuture(known);
        }
        int count = Math.min(AT_ONCE, names.size());
        List<Name> some = names.subList(0, count);
        return DnsClient.all(some.stream().map(name -> target(name, answer)).toList())
                .thenCompose(found -> {
                    for (int i = 0; i < count; i++) {
                        known.put(some.get(i), found.get(i));
                    }
                    return targets(names.subList(count, names.size()), answer, known);
                });
    }

    private CompletionStage<Target> target(Name name, DnsAnswer answer) {
        Addresses along = alongside(name, answer.additional());
        if (!along.list().isEmpty()) {
            return CompletableFuture.completedFuture(new Target(along, ""));
        }
        return AddressLookup.addresses(client, family, name)
                .thenApply(addresses -> new Target(addresses, ""))
                .exceptionally(e -> new Target(new Addresses(List.of(), 0, ""), name + ": " + DnsException.words(e)));
    }

    /**
     * The addresses that came with the SRV records. They are used for this look-up only and never kept for another
     * name, so whoever sends them gains nothing that he could not have by naming another target.
     */
    private Addresses alongside(Name target, List<Record> additional) {
        List<Record> records = new ArrayList<>();
        long ttl = Long.MAX_VALUE;
        for (int type : family.groups().get(0)) {
            List<Record> ofType = additional.stream()
                    .filter(each -> each.getType() == type && each.getName().equals(target))
                    .toList();
            if (ofType.isEmpty()) {
                return new Addresses(List.of(), 0, "");
            }
            records.addAll(ofType);
            ttl = ofType.stream().mapToLong(Record::getTTL).reduce(ttl, Math::min);
        }
        return Addresses.of(records, ttl, "");
    }

    private static Found found(Name name, List<SRVRecord> records, Map<Name, Target> targets, long ttl) {
        int first = records.stream().mapToInt(SRVRecord::getPriority).min().orElse(0);
        Map<Integer, Integer> heaviest =
                records.stream().collect(Collectors.toMap(SRVRecord::getPriority, SRVRecord::getWeight, Math::max));
        Map<String, Endpoint> endpoints = new LinkedHashMap<>();
        records.stream().sorted(Comparator.comparingInt(SRVRecord::getPriority)).forEach(srv -> {
            Target target = targets.get(srv.getTarget());
            if (target == null) {
                return;
            }
            int weight = heaviest.getOrDefault(srv.getPriority(), 0) == 0 ? 1 : srv.getWeight();
            Map<String, String> metadata = Map.of(
                    AddressLookup.NAME, srv.getTarget().toString(true), PRIORITY, Integer.toString(srv.getPriority()));
            for (String host : target.addresses().list()) {
                Endpoint endpoint = Endpoint.of(host, srv.getPort())
                        .withWeight(weight)
                        .withHealth(srv.getPriority() == first ? Health.HEALTHY : Health.DEGRADED)
                        .withMetadata(metadata);
                endpoints.putIfAbsent(endpoint.address(), endpoint);
            }
        });
        long seconds =
                targets.values().stream().mapToLong(t -> t.addresses().ttl()).reduce(ttl, Math::min);
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
        return new Found(sorted, seconds, absent, missing);
    }
}
