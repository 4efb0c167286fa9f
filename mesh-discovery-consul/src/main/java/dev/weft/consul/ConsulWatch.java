package dev.weft.consul;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import okhttp3.HttpUrl;

/**
 * One blocking query, asked again and again.
 *
 * <p>Keeps Consul's rules for the index: an index that goes backwards starts over, one below 1 is 1, and after
 * any failure the next question does not block. That the query returns does not mean that something changed;
 * comparing is the subject's business.
 */
final class ConsulWatch implements Loop.Work, AutoCloseable {
    private static final long MARGIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long the very first question may take before the subject falls back on what it has kept. */
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** What is watched; all methods run on the watch's thread. */
    interface Subject {
        HttpUrl.Builder path(HttpUrl.Builder agent);

        /**
         * Works with an answer; a {@link ConsulException} says that it is of no use, and has it asked again.
         *
         * @param line for reading more
         */
        void answer(Answer answer, ConsulLine line) throws IOException;

        void failed(String reason);
    }

    private final ConsulHttp http;
    private final Subject subject;
    private final ConsulLine line;
    private final LoopRate rate;
    private final Loop loop;
    private boolean asked;
    private long index;

    ConsulWatch(ConsulHttp http, String name, Subject subject) {
        this.http = http;
        this.subject = subject;
        this.line = new ConsulLine(http);
        this.rate = new LoopRate(http.config().time().nanos());
        this.loop = new Loop(name, http.config().time(), this);
    }

    ConsulWatch start() {
        loop.start();
        return this;
    }

    @Override
    public long step() throws IOException {
        long from = index;
        index = 0;
        Answer answer = line.get(question(from), limitNanos(from));
        asked = true;
        if (loop.closed()) {
            return 0;
        }
        if (answer.status() == 200 && answer.index() < 0) {
            throw new ConsulException(answer.request() + ": no X-Consul-Index in the answer; is this a Consul agent?");
        }
        subject.answer(answer, line);
        index = next(from, answer.index());
        return rate.pay(
                answer.body().length, index != from, http.config().time().nanos());
    }

    private UnaryOperator<HttpUrl.Builder> question(long from) {
        return agent -> {
            HttpUrl.Builder url = subject.path(agent);
            if (from > 0) {
                url.addQueryParameter("index", Long.toString(from));
                url.addQueryParameter("wait", http.config().maxWait().toMillis() + "ms");
            }
            return url;
        };
    }

    private long limitNanos(long from) {
        if (from == 0) {
            return asked ? ConsulLine.QUICK_NANOS : FIRST_NANOS;
        }
        // Consul adds up to a sixteenth.
        long wait = http.config().maxWait().toNanos();
        return wait + wait / 16 + MARGIN_NANOS;
    }

    /** Which index to ask from, after asking from {@code from} and being answered with {@code seen}. */
    static long next(long from, long seen) {
        long valid = Math.max(1, seen);
        return valid < from ? 0 : valid;
    }

    @Override
    public void failed(String reason) {
        asked = true;
        subject.failed(reason);
    }

    @Override
    public void cut() {
        line.cut();
    }

    @Override
    public void close() {
        loop.close();
    }
}
