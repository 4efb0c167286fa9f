package dev.weft.observe;

import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Headers as a server sees them: in order, some of them twice, names in any case. */
final class HeaderList {
    static final TextMapSetter<HeaderList> SETTER = (headers, name, value) -> {
        if (headers != null) {
            headers.add(name, value);
        }
    };

    static final TextMapGetter<HeaderList> GETTER = new TextMapGetter<>() {
        @Override
        @Deprecated
        public Iterable<String> keys(HeaderList headers) {
            return headers.lines.stream().map(line -> line[0]).toList();
        }

        @Override
        public @Nullable String get(@Nullable HeaderList headers, String name) {
            Iterator<String> all = getAll(headers, name);
            return all.hasNext() ? all.next() : null;
        }

        @Override
        public Iterator<String> getAll(@Nullable HeaderList headers, String name) {
            return headers == null
                    ? List.<String>of().iterator()
                    : headers.all(name).iterator();
        }
    };

    private final List<String[]> lines = new ArrayList<>();

    HeaderList add(String name, String value) {
        lines.add(new String[] {name, value});
        return this;
    }

    List<String> all(String name) {
        return lines.stream()
                .filter(line -> line[0].equalsIgnoreCase(name))
                .map(line -> line[1])
                .toList();
    }

    /** The only value; empty where there is none, or more than one. */
    String only(String name) {
        List<String> all = all(name);
        return all.size() == 1 ? all.get(0) : "";
    }
}
