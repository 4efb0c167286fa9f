package dev.weft.dns;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * What name servers said, for as long as it holds (RFC 2308 for what does not exist): whoever asks the same meanwhile, be
 * it for another service, does not ask the network again. Two who ask at once ask once. Failures are not kept, and nothing
 * is kept for a name that was not asked for.
 */
final class AnswerCache {
    /** In records, of which each answer has at least one. */
    private static final int MOST_RECORDS = 100_000;

    private final NameServers servers;
    private final DnsTiming timing;
    private final AsyncCache<Question, Kept> answers;

    private record Question(Name name, int type) {}

    /** An answer, or why there is none: Caffeine would log a future that fails. */
    private record Kept(@Nullable Held held, @Nullable Throwable failure) {
        int size() {
            return held == null ? 1 : held.answer().size();
        }

        CompletionStage<Held> stage() {
            return held == null ? CompletableFuture.failedFuture(failure) : CompletableFuture.completedFuture(held);
        }
    }

    AnswerCache(NameServers servers, DnsTiming timing, Executor executor) {
        this.servers = servers;
        this.timing = timing;
        this.answers = Caffeine.newBuilder()
                .executor(executor)
                .ticker(timing.time()::nanos)
                .maximumWeight(MOST_RECORDS)
                .weigher((Question question, Kept kept) -> kept.size())
                .expireAfter(Expiry.<Question, Kept>writing((question, kept) -> Duration.ofNanos(left(kept.held))))
                .buildAsync();
    }

    /**
     * What is known of a type under a complete name, or what the name servers say.
     *
     * @param anew whether to ask them whatever is known
     */
    CompletionStage<Held> ask(Name name, int type, boolean anew) {
        Question question = new Question(name, type);
        if (anew) {
            answers.synchronous().invalidate(question);
        }
        return answers.get(question, (asked, executor) -> ask(asked).toCompletableFuture())
                .thenCompose(Kept::stage);
    }

    private CompletionStage<Kept> ask(Question asked) {
        Record question = Record.newRecord(asked.name, asked.type, DClass.IN);
        return servers.ask(question)
                .thenApply(message -> DnsAnswer.read(question, message))
                .handle((answer, failure) ->
                        new Kept(failure == null ? new Held(answer, timing.until(answer)) : null, failure));
    }

    private long left(@Nullable Held held) {
        return held == null ? 0 : Math.max(0, held.untilNanos() - timing.time().nanos());
    }
}
