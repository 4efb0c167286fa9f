package dev.weft.call;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much a call matters, most first: what is shed last under overload. After Google's SRE book, "Handling
 * overload". It crosses processes as the baggage member {@value #KEY}.
 *
 * <p>{@code try (Scope scope = Criticality.SHEDDABLE.makeCurrent())} marks the calls made inside.
 */
public enum Criticality implements ImplicitContextKeyed {
    /** Users notice at once. */
    CRITICAL_PLUS(0.6),
    /** What a call is where nobody said otherwise. */
    CRITICAL(0.45),
    /** Can be tried again in minutes: batch work. */
    SHEDDABLE_PLUS(0.35),
    /** May fail often. */
    SHEDDABLE(0.25);

    /** The baggage member's name. */
    public static final String KEY = "criticality";

    private static final Criticality[] ALL = values();
    private static final Logger log = LoggerFactory.getLogger(Criticality.class);
    private static final AtomicBoolean WARNED = new AtomicBoolean();
    private static final ContextKey<Criticality> ARRIVED = ContextKey.named("weft-criticality-arrived");
    private static final int MOST_SHOWN = 32;

    private final String label = name().toLowerCase(Locale.ROOT);
    private final double share;

    Criticality(double share) {
        this.share = share;
    }

    /** How much of the time that it has left a call may spend in line under overload; the lower, the sooner it is shed. */
    public double share() {
        return share;
    }

    /** Lower case with underscores; the member's value. */
    public String label() {
        return label;
    }

    /** The criticality that the context carries; {@link #CRITICAL} where it has none, or one that is none of ours. */
    public static Criticality in(Context context) {
        Baggage baggage = Baggage.fromContextOrNull(context);
        String value = baggage == null ? null : baggage.getEntryValue(KEY);
        Criticality named = value == null ? CRITICAL : named(value);
        if (named != null) {
            return named;
        }
        if (!WARNED.getAndSet(true)) {
            log.warn(
                    "criticality '{}' in the baggage is none of {}; calls with words of that kind count as {} (said once)",
                    shown(value == null ? "" : value),
                    Arrays.toString(ALL).toLowerCase(Locale.ROOT),
                    CRITICAL.label);
        }
        return CRITICAL;
    }

    private static @Nullable Criticality named(String word) {
        for (Criticality criticality : ALL) {
            if (criticality.label.equalsIgnoreCase(word)) {
                return criticality;
            }
        }
        return null;
    }

    /** It came from outside. */
    private static String shown(String word) {
        String plain = word.replaceAll("[^\\w.-]", "?");
        return plain.length() <= MOST_SHOWN ? plain : plain.substring(0, MOST_SHOWN) + "...";
    }

    /** The context of a request that came in, which remembers what its caller said of it. */
    public static Context arrived(Context context) {
        String value = Baggage.fromContext(context).getEntryValue(KEY);
        return value == null ? context : context.with(ARRIVED, in(context));
    }

    /** What the caller said of the request that is being handled in the context; null where there is none, or it said nothing. */
    public static @Nullable Criticality ofRequest(Context context) {
        return context.get(ARRIVED);
    }

    /** One level less; {@link #SHEDDABLE} stays what it is. */
    public Criticality lowered() {
        return switch (this) {
            case CRITICAL_PLUS -> CRITICAL;
            case CRITICAL -> SHEDDABLE_PLUS;
            case SHEDDABLE_PLUS, SHEDDABLE -> SHEDDABLE;
        };
    }

    @Override
    public Context storeInContext(Context context) {
        return Baggage.fromContext(context).toBuilder().put(KEY, label).build().storeInContext(context);
    }
}
