package dev.weft.annotation;

import dev.weft.call.Criticality;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How much a call matters under overload: {@code criticality}. */
@Documented
@Declares("criticality")
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Critical {
    /** The level. */
    Criticality value();
}
