package dev.weft.call;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ImplicitContextKeyed;
import java.util.Locale;

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
        String value = Baggage.fromContext(context).getEntryValue(KEY);
        if (value != null) {
            for (Criticality criticality : values()) {
                if (criticality.label.equalsIgnoreCase(value)) {
                    return criticality;
                }
            }
        }
        return CRITICAL;
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
