package dev.weft.annotation;

import dev.weft.policy.LayerValues;
import dev.weft.policy.Settings;
import java.lang.reflect.Method;
import java.util.Map;

/**
 * What the annotations of a client interface say: which service it calls, and values of policy for each of its
 * methods. Immutable; made once, when the client is built.
 */
public final class DeclaredClient {
    private final Class<?> type;
    private final String service;
    private final LayerValues values;
    private final Map<Method, LayerValues> methods;

    DeclaredClient(Class<?> type, String service, LayerValues values, Map<Method, LayerValues> methods) {
        this.type = type;
        this.service = service;
        this.values = values;
        this.methods = Map.copyOf(methods);
    }

    /**
     * Reads an interface, whatever library makes calls of it. An annotation on a method beats one on the interface,
     * one on the interface those it inherits.
     *
     * @throws DeclarationRefused with all of its faults
     */
    public static DeclaredClient of(Class<?> type, Settings settings) {
        return new InterfaceReader(type, settings).read();
    }

    public Class<?> type() {
        return type;
    }

    /** The name of the service that it calls. */
    public String service() {
        return service;
    }

    /** What holds for all of its methods that do not say otherwise. */
    public LayerValues values() {
        return values;
    }

    /** What holds for one of its methods, its own or inherited. */
    public LayerValues values(Method method) {
        return methods.getOrDefault(method, values);
    }

    @Override
    public String toString() {
        return type.getSimpleName() + " -> " + service;
    }
}
