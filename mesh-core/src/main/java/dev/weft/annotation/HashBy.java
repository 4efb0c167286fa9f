package dev.weft.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Calls with the same value there go to the same endpoint, where policy balances by keys: {@code balancer.hash.key}. */
@Documented
@Declares("balancer.hash.key")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface HashBy {
    /** {@code header:x-user}, {@code cookie:session}, {@code path:/items/{id}}, {@code baggage:tenant}, {@code caller}. */
    String value();
}
