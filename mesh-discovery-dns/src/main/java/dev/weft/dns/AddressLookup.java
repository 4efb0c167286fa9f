package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** Each address of a name is an endpoint. */
record AddressLookup(IpFamily family, int port) implements Lookup {
    /** Metadata: the name whose address an endpoint has. */
    static final String NAME = "dns.name";

    @Override
    public CompletionStage<Found> find(Name name, Answers answers) {
        return addresses(answers, family, name).thenApply(found -> {
            if (!found.missing().isEmpty()) {
                throw new DnsException(found.missing());
            }
            Map<String, String> metadata = Map.of(NAME, name.toString(true));
            List<Endpoint> endpoints = found.list().stream()
                    .sorted()
                    .map(host -> Endpoint.of(host, port).withMetadata(metadata))
                    .toList();
            return new Found(endpoints, found.untilNanos(), found.absent(), List.of(), "");
        });
    }

    /** The addresses of a name; those of one family, where those of the other cannot be learnt. */
    static CompletionStage<Addresses> addresses(Answers answers, IpFamily family, Name name) {
        return addresses(answers, family.groups(), name, List.of());
    }

    private static CompletionStage<Addresses> addresses(
            Answers answers, List<List<Integer>> groups, Name name, List<Addresses> none) {
        List<CompletionStage<Told>> asked = new ArrayList<>();
        groups.get(0).forEach(type -> asked.add(answers.ask(name, type).handle(Told::new)));
        return DnsClient.all(asked).thenCompose(told -> {
            Addresses found = of(told);
            List<Addresses> all = Stream.concat(none.stream(), Stream.of(found)).toList();
            return found.list().isEmpty() && groups.size() > 1
                    ? addresses(answers, groups.subList(1, groups.size()), name, all)
                    : CompletableFuture.completedFuture(together(all));
        });
    }

    /** What one family's question came to. */
    private record Told(@Nullable Held held, @Nullable Throwable failure) {}

    private static Addresses of(List<Told> told) {
        List<Held> helds =
                told.stream().map(Told::held).filter(Objects::nonNull).toList();
        List<Throwable> failures =
                told.stream().map(Told::failure).filter(Objects::nonNull).toList();
        Addresses found =
                helds.isEmpty() ? null : of(helds, words(failures.stream().map(DnsException::words)));
        if (found == null || (found.list().isEmpty() && !failures.isEmpty())) {
            throw new CompletionException(failures.get(0));
        }
        return found;
    }

    private static Addresses of(List<Held> helds, String missing) {
        // That one family is absent is no reason to ask again soon while there is the other.
        boolean some = helds.stream().anyMatch(held -> !held.answer().records().isEmpty());
        long until = helds.stream()
                .filter(held -> !some || !held.answer().records().isEmpty())
                .map(Held::untilNanos)
                .reduce(Held::earlier)
                .orElseThrow();
        List<Record> records =
                helds.stream().flatMap(held -> held.answer().records().stream()).toList();
        return Addresses.of(
                records, until, words(helds.stream().map(held -> held.answer().absent())), missing);
    }

    /** What the last group has, for no longer than the ones before it are absent. */
    private static Addresses together(List<Addresses> groups) {
        Addresses last = groups.get(groups.size() - 1);
        long until =
                groups.stream().map(Addresses::untilNanos).reduce(Held::earlier).orElseThrow();
        return new Addresses(
                last.list(),
                until,
                last.list().isEmpty() ? words(groups.stream().map(Addresses::absent)) : "",
                last.missing());
    }

    private static String words(Stream<String> reasons) {
        return reasons.filter(text -> !text.isEmpty()).distinct().collect(Collectors.joining("; "));
    }
}
