package dev.weft.endpoint;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How busy a server is by its own word: what Prequal's probes ask for. Over HTTP and gRPC alike a request with the header
 * {@code Mesh-Load: ask} is answered with {@code Mesh-Load: in-flight=3;latency-us=1200}, as a header or trailer.
 *
 * @param inFlight requests under way, from all of its clients; not negative
 * @param latencyNanos how long requests took of late that came while it had about as many; 0 where it knows of none
 */
public record LoadSignal(int inFlight, long latencyNanos) {
    /** Asks for it, and tells it. */
    public static final String HEADER = "Mesh-Load";

    public static final String ASK = "ask";
    /** What our HTTP filters answer by themselves, with the header. */
    public static final String PATH = "/.well-known/weft/load";

    private static final String IN_FLIGHT = "in-flight=";
    private static final String LATENCY = ";latency-us=";
    /** Digits of a number; beyond that nobody believes it. */
    private static final int DIGITS = 9;

    public LoadSignal {
        if (inFlight < 0 || latencyNanos < 0) {
            throw new IllegalArgumentException("below 0: " + inFlight + " under way, " + latencyNanos + " ns");
        }
    }

    /** As the header has it. */
    public String text() {
        return IN_FLIGHT + inFlight + LATENCY + TimeUnit.NANOSECONDS.toMicros(latencyNanos);
    }

    /** Null for what is none: a server can say anything. */
    public static @Nullable LoadSignal parse(@Nullable String text) {
        if (text == null || !text.startsWith(IN_FLIGHT)) {
            return null;
        }
        int second = text.indexOf(LATENCY);
        if (second < 0) {
            return null;
        }
        int inFlight = number(text, IN_FLIGHT.length(), second);
        int micros = number(text, second + LATENCY.length(), text.length());
        return inFlight < 0 || micros < 0 ? null : new LoadSignal(inFlight, TimeUnit.MICROSECONDS.toNanos(micros));
    }

    /** -1 for what is no whole number, or too long. */
    private static int number(String text, int from, int to) {
        if (to <= from || to - from > DIGITS) {
            return -1;
        }
        int number = 0;
        for (int at = from; at < to; at++) {
            int digit = text.charAt(at) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
