package dev.weft.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How often a call is tried at most, the first try and a hedge included: {@code retry.attempts}. */
@Documented
@Declares("retry.attempts")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Attempts {
    /** 1 for no retries and no hedges. */
    int value();
}
