package dev.weft.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A second request may be sent elsewhere when the first is late: {@code hedge.maxExtraLoad}. Only for what changes nothing
 * (GET; gRPC NO_SIDE_EFFECTS), is {@link Idempotent} or has an {@code Idempotency-Key}, and within {@link Attempts}.
 */
@Documented
@Declares("hedge.maxExtraLoad")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Hedged {
    /** Which share of extra requests that may cost: {@code 1%} to {@code 10%}; {@code off} for none. */
    String value() default "1%";
}
