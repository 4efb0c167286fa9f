package dev.weft.dns;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.xbill.DNS.Name;

/** Asks whatever name servers are configured just now, unless their answer is known, and follows aliases. */
final class DnsClient {
    private final Supplier<ResolvConf> configured;
    private final Function<ResolvConf, AnswerCache> connect;
    private volatile Setup setup;

    private record Setup(ResolvConf conf, AnswerCache answers) {}

    DnsClient(Supplier<ResolvConf> configured, Function<ResolvConf, AnswerCache> connect) {
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

    /** @param anew whether the name servers are to be asked whatever is known */
    Lookup.Answers answers(boolean anew) {
        return (name, type) -> ask(name, type, anew, 0);
    }

    private CompletionStage<Held> ask(Name name, int type, boolean anew, int aliases) {
        return setup.answers.ask(name, type, anew).thenCompose(held -> follow(name, type, anew, held, aliases + 1));
    }

    private CompletionStage<Held> follow(Name name, int type, boolean anew, Held held, int aliases) {
        Name alias = held.answer().alias();
        if (alias == null) {
            return CompletableFuture.completedFuture(held);
        }
        if (aliases > DnsAnswer.MAX_ALIASES) {
            return CompletableFuture.failedFuture(
                    new DnsException(name + ": more than " + DnsAnswer.MAX_ALIASES + " aliases, or a circle of them"));
        }
        return ask(alias, type, anew, aliases).thenApply(last -> last.within(held));
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
