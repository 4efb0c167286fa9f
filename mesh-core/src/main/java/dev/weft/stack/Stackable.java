package dev.weft.stack;

import dev.weft.call.Filter;
import dev.weft.policy.Setting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a stack: makes its filter for a service and a policy, and declares the settings it reads.
 *
 * <p>Thread-safe. What must outlive a change of policy is held in {@link Fit#keep}, not in the filter.
 */
public interface Stackable {
    /** What it is called where the stack is printed. */
    String name();

    /** The settings it reads; they become keys of the policy file. */
    default List<Setting<?>> settings() {
        return List.of();
    }

    /** The filter, or null where the policy leaves the layer off: then the chain has nothing in its place. */
    <R> @Nullable Filter<R> filter(Fit<R> fit);
}
