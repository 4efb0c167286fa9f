package dev.weft.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Doing it twice is as good as once, even where the second arrives after what was asked since, so that it may be tried again
 * after it may have arrived, and hedged: {@code idempotent}.
 */
@Documented
@Declares("idempotent")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Idempotent {
    /** False takes back what the interface says for all of its methods. */
    boolean value() default true;
}
