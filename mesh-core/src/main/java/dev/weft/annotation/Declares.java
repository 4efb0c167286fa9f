package dev.weft.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On an annotation: it sets the setting of that key to its own {@code value()}, which may be text, a number, a
 * boolean, an enum constant or an array of these. Whoever adds a layer with settings can so add annotations for them.
 */
@Documented
@Target(ElementType.ANNOTATION_TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Declares {
    /** The key, such as {@code deadline.total}. */
    String value();
}
