package dev.weft.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The time that one attempt may take: {@code retry.perTry}. */
@Documented
@Declares("retry.perTry")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface PerTry {
    /** Such as {@code 300ms} or {@code 2s}; {@code off} for none. */
    String value();
}
