package dev.weft.annotation;

import dev.weft.policy.SettingTypes;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing that one annotation says.
 *
 * @param owner the interface that it stands in
 * @param place the interface, or its method, for people
 * @param annotation the annotation's simple name
 * @param raw a string or a list of strings, as a policy has them
 */
record Declaration(Class<?> owner, String place, String annotation, String key, Object raw) {
    boolean onMethod() {
        return !place.equals(owner.getSimpleName());
    }

    static List<Declaration> on(AnnotatedElement element, Class<?> owner, String place) {
        List<Declaration> found = new ArrayList<>();
        for (PolicyValue value : element.getAnnotationsByType(PolicyValue.class)) {
            found.add(new Declaration(owner, place, "PolicyValue", value.key(), value.value()));
        }
        for (Annotation annotation : element.getAnnotations()) {
            Class<? extends Annotation> type = annotation.annotationType();
            Declares declares = type.getAnnotation(Declares.class);
            if (declares != null) {
                found.add(new Declaration(owner, place, type.getSimpleName(), declares.value(), raw(annotation)));
            }
        }
        return found;
    }

    /** For {@code explain}. */
    String where() {
        return place + " @" + annotation;
    }

    /** For a fault. */
    String text() {
        return where() + "(" + (annotation.equals("PolicyValue") ? key + " = " : "") + raw + ")";
    }

    private static Object raw(Annotation annotation) {
        Object value;
        try {
            var method = annotation.annotationType().getDeclaredMethod("value");
            method.trySetAccessible();
            value = method.invoke(annotation);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    annotation.annotationType().getName() + " has @Declares and no value() that can be read", e);
        }
        if (!value.getClass().isArray()) {
            return word(value);
        }
        List<String> words = new ArrayList<>();
        for (int i = 0; i < Array.getLength(value); i++) {
            words.add(word(Array.get(value, i)));
        }
        return List.copyOf(words);
    }

    private static String word(Object value) {
        return value instanceof Enum<?> constant ? SettingTypes.word(constant) : String.valueOf(value);
    }
}
