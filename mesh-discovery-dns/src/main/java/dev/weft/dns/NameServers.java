package dev.weft.dns;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;

/** Several name servers: the one that answered last is asked first, and each twice before giving up. */
final class NameServers {
    private static final int ROUNDS = 2;

    private final List<NameServer> servers;
    private volatile int first;

    NameServers(List<NameServer> servers) {
        this.servers = List.copyOf(servers);
    }

    CompletionStage<Message> ask(Record question) {
        return ask(question, first, 0, List.of());
    }

    private CompletionStage<Message> ask(Record question, int from, int tried, List<String> failures) {
        if (tried == servers.size() * ROUNDS) {
            return CompletableFuture.failedFuture(
                    new DnsException(failures.stream().distinct().collect(Collectors.joining("; "))));
        }
        int at = (from + tried) % servers.size();
        return servers.get(at)
                .ask(question)
                .thenApply(answer -> {
                    first = at;
                    return answer;
                })
                .exceptionallyCompose(e -> ask(
                        question,
                        from,
                        tried + 1,
                        Stream.concat(failures.stream(), Stream.of(DnsException.words(e)))
                                .toList()));
    }
}
