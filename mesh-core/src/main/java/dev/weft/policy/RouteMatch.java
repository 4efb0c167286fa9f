package dev.weft.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which calls a route means; all of its conditions must hold.
 *
 * @param methods any of them; empty for every method
 * @param path null for every path
 */
record RouteMatch(List<String> methods, @Nullable PathPattern path) {
    boolean matches(String method, String callPath) {
        return takes(method) && (path == null || path.matches(callPath));
    }

    private boolean takes(String method) {
        if (methods.isEmpty()) {
            return true;
        }
        for (int i = 0; i < methods.size(); i++) {
            if (methods.get(i).equals(method)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it matches all that {@code later} matches, which then is never reached. */
    boolean covers(RouteMatch later) {
        boolean allMethods = methods.isEmpty() || (!later.methods.isEmpty() && methods.containsAll(later.methods));
        boolean allPaths = path == null || (later.path != null && path.covers(later.path));
        return allMethods && allPaths;
    }
}
