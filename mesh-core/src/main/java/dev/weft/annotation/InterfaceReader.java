package dev.weft.annotation;

import dev.weft.policy.Layer;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Scope;
import dev.weft.policy.ServicePolicies;
import dev.weft.policy.Setting;
import dev.weft.policy.Settings;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the annotations of one interface and what it inherits, and collects all that is wrong with them. */
final class InterfaceReader {
    private final Class<?> type;
    private final Settings settings;
    private final Set<String> faults = new LinkedHashSet<>();

    InterfaceReader(Class<?> type, Settings settings) {
        this.type = type;
        this.settings = settings;
    }

    DeclaredClient read() {
        if (!type.isInterface()) {
            faults.add(type.getSimpleName() + ": is no interface");
        }
        List<Class<?>> family = family(type);
        String service = service(family);
        LayerValues common = values(family.stream()
                .flatMap(one -> Declaration.on(one, one, one.getSimpleName()).stream())
                .toList());
        Map<Method, LayerValues> methods = new HashMap<>();
        for (List<Method> same : bySignature(family).values()) {
            LayerValues own =
                    values(same.stream().flatMap(method -> on(method).stream()).toList());
            if (!own.isEmpty()) {
                LayerValues all = own.over(common);
                same.forEach(method -> methods.put(method, all));
            }
        }
        if (!faults.isEmpty()) {
            throw new DeclarationRefused(type, List.copyOf(faults));
        }
        return new DeclaredClient(type, service, common, methods);
    }

    /** The interface and all that it extends, nearest first. */
    private static List<Class<?>> family(Class<?> type) {
        Set<Class<?>> family = new LinkedHashSet<>(List.of(type));
        List<Class<?>> next = List.of(type);
        while (!next.isEmpty()) {
            next = next.stream()
                    .flatMap(one -> Arrays.stream(one.getInterfaces()))
                    .toList();
            family.addAll(next);
        }
        return List.copyOf(family);
    }

    private String service(List<Class<?>> family) {
        Collection<Class<?>> named = nearest(family.stream()
                .filter(one -> one.isAnnotationPresent(ServiceName.class))
                .toList());
        Set<String> names = new LinkedHashSet<>();
        for (Class<?> one : named) {
            String name = one.getAnnotation(ServiceName.class).value();
            if (names.add(name) && !ServicePolicies.isServiceName(name)) {
                faults.add(one.getSimpleName() + " @ServiceName(" + name
                        + "): is no name of a service: letters, digits, dot, dash and underscore");
            }
        }
        if (names.isEmpty()) {
            faults.add(type.getSimpleName() + ": does not say which service it calls; add @ServiceName(\"...\")");
            return "";
        }
        if (names.size() > 1) {
            faults.add(type.getSimpleName() + ": inherits several services, " + String.join(" and ", names)
                    + "; say with @ServiceName which one it calls");
        }
        return names.iterator().next();
    }

    private Map<List<Object>, List<Method>> bySignature(List<Class<?>> family) {
        Map<List<Object>, List<Method>> methods = new LinkedHashMap<>();
        for (Class<?> one : family) {
            Method[] own = one.getDeclaredMethods();
            // The JVM gives them in any order, and faults should be told in a steady one.
            Arrays.sort(own, Comparator.comparing(Method::toString));
            for (Method method : own) {
                if (Modifier.isStatic(method.getModifiers())) {
                    on(method).forEach(said -> faults.add(said.text() + ": a static method is no call"));
                } else if (!method.isSynthetic()) {
                    List<Object> signature = List.of(method.getName(), List.of(method.getParameterTypes()));
                    methods.computeIfAbsent(signature, s -> new ArrayList<>()).add(method);
                }
            }
        }
        return methods;
    }

    private static List<Declaration> on(Method method) {
        Class<?> owner = method.getDeclaringClass();
        return Declaration.on(method, owner, owner.getSimpleName() + "." + method.getName());
    }

    private LayerValues values(List<Declaration> said) {
        LayerValues.Builder values = LayerValues.builder(Layer.ANNOTATION);
        Map<String, List<Declaration>> byKey =
                said.stream().collect(Collectors.groupingBy(Declaration::key, LinkedHashMap::new, Collectors.toList()));
        byKey.forEach((key, all) -> {
            Collection<Class<?>> owners =
                    nearest(all.stream().map(Declaration::owner).toList());
            List<Declaration> rivals =
                    all.stream().filter(one -> owners.contains(one.owner())).toList();
            for (Declaration rival : rivals) {
                check(rival, values);
            }
            if (rivals.stream().map(Declaration::raw).distinct().count() > 1) {
                faults.add(rivals.stream().map(Declaration::text).collect(Collectors.joining(" and "))
                        + ": say different things about " + key);
            }
        });
        return values.build();
    }

    /** Those of {@code owners} that no other of them extends. */
    private static Collection<Class<?>> nearest(List<Class<?>> owners) {
        return owners.stream()
                .filter(one -> owners.stream().noneMatch(other -> other != one && one.isAssignableFrom(other)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void check(Declaration said, LayerValues.Builder values) {
        Setting<?> setting = settings.find(said.key());
        if (setting == null) {
            String nearest = settings.nearest(said.key());
            faults.add(said.text() + ": no layer of the stack reads a setting " + said.key()
                    + (nearest == null ? "" : "; did you mean " + nearest + "?"));
        } else if (setting.scope() == Scope.SERVICE && said.onMethod()) {
            faults.add(said.text() + ": " + said.key() + " is set for a whole service; move it to the interface");
        } else {
            try {
                values.parse(setting, said.raw(), said.where());
            } catch (IllegalArgumentException e) {
                faults.add(said.text() + ": " + e.getMessage() + "; expected "
                        + setting.type().expects());
            }
        }
    }
}
