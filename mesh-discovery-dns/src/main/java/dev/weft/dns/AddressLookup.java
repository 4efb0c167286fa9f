package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** Each address of a name is an endpoint. */
record AddressLookup(DnsClient client, IpFamily family, int port) implements Lookup {
    /** Metadata: the name whose address an endpoint has. */
    static final String NAME = "dns.name";

    @Override
    public CompletionStage<Found> find(Name name) {
        return addresses(client, family, name).thenApply(found -> {
            Map<String, String> metadata = Map.of(NAME, name.toString(true));
            List<Endpoint> endpoints = found.list().stream()
                    .sorted()
                    .map(host -> Endpoint.of(host, port).withMetadata(metadata))
                    .toList();
            return new Found(endpoints, found.ttl(), found.absent(), "");
        });
    }

    static CompletionStage<Addresses> addresses(DnsClient client, IpFamily family, Name name) {
        return addresses(client, family.groups(), name, Long.MAX_VALUE, List.of());
    }

    private static CompletionStage<Addresses> addresses(
            DnsClient client, List<List<Integer>> groups, Name name, long ttl, List<String> absent) {
        if (groups.isEmpty()) {
            return CompletableFuture.completedFuture(new Addresses(List.of(), ttl, String.join("; ", absent)));
        }
        List<CompletionStage<DnsAnswer>> asked = new ArrayList<>();
        groups.get(0).forEach(type -> asked.add(client.ask(name, type)));
        return DnsClient.all(asked).thenCompose(answers -> {
            List<Record> records = answers.stream()
                    .flatMap(answer -> answer.records().stream())
                    .toList();
            long seconds = answers.stream().mapToLong(DnsAnswer::ttl).reduce(ttl, Math::min);
            String reason = answers.stream()
                    .map(DnsAnswer::absent)
                    .filter(text -> !text.isEmpty())
                    .distinct()
                    .collect(Collectors.joining("; "));
            Addresses found = Addresses.of(records, seconds, reason);
            if (!found.list().isEmpty()) {
                return CompletableFuture.completedFuture(found);
            }
            List<String> reasons = new ArrayList<>(absent);
            if (!reasons.contains(found.absent())) {
                reasons.add(found.absent());
            }
            return addresses(client, groups.subList(1, groups.size()), name, seconds, reasons);
        });
    }
}
