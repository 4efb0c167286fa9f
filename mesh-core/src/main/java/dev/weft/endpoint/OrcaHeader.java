package dev.weft.endpoint;

import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the forms in which a load report stands in an HTTP header. */
final class OrcaHeader {
    private static final int MAX_CHARS = 16 * 1024;
    private static final String BIN = "BIN ";
    private static final String JSON = "JSON ";
    private static final String TEXT = "TEXT ";

    private OrcaHeader() {}

    /** Null for what is none, and for what is too long for one. */
    static @Nullable LoadReport read(String value) {
        if (value.length() > MAX_CHARS) {
            return null;
        }
        try {
            if (value.startsWith(BIN)) {
                return LoadReport.ofBinary(
                        Base64.getDecoder().decode(value.substring(BIN.length()).trim()));
            }
            if (value.startsWith(JSON)) {
                return json(value.substring(JSON.length()));
            }
            return text(value.startsWith(TEXT) ? value.substring(TEXT.length()) : value);
        } catch (IllegalArgumentException | YamlEngineException e) {
            return null;
        }
    }

    /** {@code cpu_utilization=0.3,named_metrics.depth=7}; older Envoys write a colon. */
    private static @Nullable LoadReport text(String pairs) {
        OrcaFields fields = new OrcaFields();
        for (String pair : pairs.split(",", -1)) {
            int at = Math.max(pair.indexOf('='), pair.indexOf(':'));
            if (at <= 0) {
                return null;
            }
            fields.put(pair.substring(0, at).trim(), Double.parseDouble(pair.substring(at + 1)));
        }
        return fields.report();
    }

    /** By the parser's events: they come one by one, so that nesting nests nothing here. */
    private static @Nullable LoadReport json(String text) {
        OrcaFields fields = new OrcaFields();
        Deque<String> path = new ArrayDeque<>();
        String key = null;
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(false)
                .setCodePointLimit(MAX_CHARS)
                .build();
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart -> {
                    path.push(key == null ? "" : prefix(key));
                    key = null;
                }
                case MappingEnd -> {
                    path.pop();
                    key = null;
                }
                case Scalar -> {
                    String scalar = ((ScalarEvent) event).getValue();
                    if (path.isEmpty()) {
                        return null;
                    }
                    if (key == null) {
                        key = scalar;
                    } else {
                        if (path.size() <= 2) {
                            fields.put(path.peek() + key, Double.parseDouble(scalar));
                        }
                        key = null;
                    }
                }
                case SequenceStart, Alias -> {
                    return null;
                }
                default -> {} // begins and ends of the text
            }
        }
        return fields.report();
    }

    private static String prefix(String key) {
        return key.equals("namedMetrics") ? "named_metrics." : key + ".";
    }
}
