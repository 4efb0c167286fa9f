package dev.weft.dns;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** Asks whatever name servers are configured just now, and follows aliases. */
final class DnsClient {
    private static final int MAX_ALIASES = 8;

    private final Supplier<ResolvConf> configured;
    private final Function<ResolvConf, NameServers> connect;
    private volatile Setup setup;

    private record Setup(ResolvConf conf, NameServers servers) {}

    DnsClient(Supplier<ResolvConf> configured, Function<ResolvConf, NameServers> connect) {
        this.configured = configured;
        this.connect = connect;
        ResolvConf nobody = new ResolvConf(List.of(), List.of(), 1);
        this.setup = new Setup(nobody, connect.apply(nobody));
    }

    /** The complete names that a name may stand for, by the configuration of now. */
    List<Name> candidates(Name name) {
        ResolvConf now = configured.get();
        if (!now.equals(setup.conf)) {
            setup = new Setup(now, connect.apply(now));
        }
        return now.candidates(name);
    }

    /** What there is of a type under a complete name. */
    CompletionStage<DnsAnswer> ask(Name name, int type) {
        return ask(name, type, 0);
    }

    private CompletionStage<DnsAnswer> ask(Name name, int type, int aliases) {
        Record question = Record.newRecord(name, type, DClass.IN);
        return setup.servers
                .ask(question)
                .thenApply(message -> DnsAnswer.read(question, message))
                .thenCompose(answer -> follow(name, type, answer, aliases + 1));
    }

    private CompletionStage<DnsAnswer> follow(Name name, int type, DnsAnswer answer, int aliases) {
        Name alias = answer.alias();
        if (alias == null) {
            return CompletableFuture.completedFuture(answer);
        }
        if (aliases > MAX_ALIASES) {
            return CompletableFuture.failedFuture(
                    new DnsException(name + ": more than " + MAX_ALIASES + " aliases, or a circle of them"));
        }
        return ask(alias, type, aliases).thenApply(last -> last.within(answer.ttl()));
    }

    /** All of them, in order, or the first failure. */
    static <T> CompletableFuture<List<T>> all(Collection<? extends CompletionStage<T>> stages) {
        CompletableFuture<List<T>> all = CompletableFuture.completedFuture(List.of());
        for (CompletionStage<T> stage : stages) {
            all = all.thenCombine(stage, (before, next) -> {
                List<T> more = new ArrayList<>(before);
                more.add(next);
                return more;
            });
        }
        return all;
    }
}
