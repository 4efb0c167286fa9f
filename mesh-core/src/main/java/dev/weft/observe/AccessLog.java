package dev.weft.observe;

import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.EndListener;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;
import dev.weft.stack.Fit;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for a logical call when it has ended, as key-value pairs. All at INFO: it is a record, and alarms are for
 * metrics. No header, no query and no body gets into it, and of a stranger's exception only its type.
 */
final class AccessLog<R> implements Filter<R>, EndListener {
    private static final Logger log = LoggerFactory.getLogger("weft.access");

    private final Wire<R> wire;
    private final RandomGenerator random;
    private final double successes;

    AccessLog(Fit<R> fit) {
        this.wire = fit.wire();
        this.random = fit.random();
        this.successes = fit.policy().get(LogLayer.SUCCESSES);
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        call.onEnd(this);
        return next.call(call);
    }

    @Override
    public void ended(Call call) {
        Fate fate = call.fate();
        if ((!fate.success() || sampled()) && log.isInfoEnabled()) {
            write(call, fate);
        }
    }

    private boolean sampled() {
        return successes > 0 && random.nextDouble() < successes;
    }

    private void write(Call call, Fate fate) {
        String operation = wire.operation(call);
        double millis = (call.endNanos() - call.startNanos()) / 1_000_000.0;
        LoggingEventBuilder line = log.atInfo()
                .addKeyValue("service", call.service())
                .addKeyValue("route", Words.orNone(call.policy().route()))
                .addKeyValue("protocol", wire.protocol())
                .addKeyValue("operation", operation)
                .addKeyValue("fate", fate.label())
                .addKeyValue("verdict", call.verdict().label())
                .addKeyValue("status", call.status())
                .addKeyValue("attempts", call.attempts())
                .addKeyValue("duration_ms", millis)
                .addKeyValue("criticality", Criticality.in(call.context()).label());
        Call last = call.latest();
        Node node = last == null ? null : last.node();
        if (node != null) {
            line = line.addKeyValue("node", node.address());
        }
        SpanContext span = Span.fromContext(call.context()).getSpanContext();
        if (span.isValid()) {
            line = line.addKeyValue("trace_id", span.getTraceId()).addKeyValue("span_id", span.getSpanId());
        }
        Throwable failure = Words.failure(call);
        if (failure != null) {
            line = line.addKeyValue("error", Words.describe(failure));
        }
        line.log("{} {}: {} in {} ms", call.service(), operation, fate.label(), Math.round(millis));
    }
}
