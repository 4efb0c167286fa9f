package dev.weft.observe;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Headers as the W3C wants them read, which OpenTelemetry's propagators leave to whoever gives them headers: one that
 * comes twice is invalid, but for {@code tracestate} and {@code baggage}, which are lists and are joined; both are
 * cut to size. A header that breaks the rules is absent.
 */
record Headers<C>(TextMapGetter<C> from) implements TextMapGetter<C> {
    private static final String TRACE_STATE = "tracestate";
    private static final String BAGGAGE = "baggage";

    @Override
    @Deprecated
    public Iterable<String> keys(C carrier) {
        return from.keys(carrier);
    }

    @Override
    public @Nullable String get(@Nullable C carrier, String key) {
        Iterator<String> values = from.getAll(carrier, key);
        if (!values.hasNext()) {
            return null;
        }
        String first = values.next();
        if (!values.hasNext()) {
            return key.equals(TRACE_STATE) ? TraceStateList.clamp(first) : trim(first);
        }
        if (!key.equals(TRACE_STATE)) {
            return null;
        }
        StringBuilder joined = new StringBuilder(first);
        values.forEachRemaining(value -> joined.append(',').append(value));
        return TraceStateList.clamp(joined.toString());
    }

    @Override
    public Iterator<String> getAll(@Nullable C carrier, String key) {
        if (key.equals(BAGGAGE)) {
            return BaggageList.clamp(from.getAll(carrier, key));
        }
        String one = get(carrier, key);
        return one == null ? List.<String>of().iterator() : List.of(one).iterator();
    }

    /** Optional white space, as HTTP means it. */
    static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && white(text.charAt(start))) {
            start++;
        }
        while (end > start && white(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean white(char c) {
        return c == ' ' || c == '\t';
    }

    /** The members of a comma-separated list, trimmed, without empty ones; null where there are more than {@code max}. */
    static @Nullable List<String> members(String list, int max) {
        List<String> members = new ArrayList<>();
        int start = 0;
        while (start <= list.length()) {
            int comma = list.indexOf(',', start);
            int end = comma < 0 ? list.length() : comma;
            String member = trim(list.substring(start, end));
            if (!member.isEmpty()) {
                if (members.size() == max) {
                    return null;
                }
                members.add(member);
            }
            start = end + 1;
        }
        return members;
    }
}
