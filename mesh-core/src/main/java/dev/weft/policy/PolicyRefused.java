package dev.weft.policy;

import java.util.List;
import java.util.stream.Collectors;

/** A policy text that cannot be used, with everything that is wrong with it. */
public final class PolicyRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // List.copyOf gives a serializable list of records; nobody serializes it
    private final List<PolicyError> errors;

    PolicyRefused(List<PolicyError> errors) {
        super("the policy is refused");
        this.errors = List.copyOf(errors);
    }

    /** A line for each error. */
    @Override
    public String getMessage() {
        return errors.stream().map(PolicyError::toString).collect(Collectors.joining("\n"));
    }

    /** At least one, in the order of the text. */
    public List<PolicyError> errors() {
        return errors;
    }
}
