package dev.weft.annotation;

import java.util.List;

/** A client interface whose annotations cannot be used, with everything that is wrong with them. */
public final class DeclarationRefused extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // List.copyOf gives a serializable list of strings
    private final List<String> faults;

    DeclarationRefused(Class<?> type, List<String> faults) {
        super(type.getName() + " cannot be used as a client:\n" + String.join("\n", faults));
        this.faults = List.copyOf(faults);
    }

    /** At least one; each begins with the place. */
    public List<String> faults() {
        return faults;
    }
}
