package dev.weft.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The deadline of the whole call, all attempts and pauses included: {@code deadline.total}. */
@Documented
@Declares("deadline.total")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Timeout {
    /** Such as {@code 300ms} or {@code 2s}; {@code off} for none. */
    String value();
}
