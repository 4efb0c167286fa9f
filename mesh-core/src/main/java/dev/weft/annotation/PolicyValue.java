package dev.weft.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Sets any setting, for which there is no annotation of its own. */
@Documented
@Repeatable(PolicyValue.Several.class)
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface PolicyValue {
    /** The key, such as {@code retry.alsoOn}. */
    String key();

    /** Written as in a policy; lists with commas. */
    String value();

    /** Holds several on one element; the compiler writes it. */
    @Documented
    @Target({ElementType.TYPE, ElementType.METHOD})
    @Retention(RetentionPolicy.RUNTIME)
    @interface Several {
        PolicyValue[] value();
    }
}
