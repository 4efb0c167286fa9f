package dev.weft.consul;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Makes the threads that watch: virtual ones from Java 24 on, daemon threads before.
 *
 * <p>Java 21 to 23 have virtual threads too, but pin the carrier under a monitor, as some TLS providers hold
 * while they read; a blocking query would take a carrier away for minutes.
 */
final class LoopThread {
    private static final int FIRST_WITHOUT_PINNING = 24;
    private static final @Nullable MethodHandle unstarted =
            Runtime.version().feature() >= FIRST_WITHOUT_PINNING ? find() : null;

    private LoopThread() {}

    static Thread unstarted(String name, Runnable body) {
        if (unstarted != null) {
            try {
                Thread thread = (Thread) unstarted.invoke(body);
                thread.setName(name);
                return thread;
            } catch (Throwable e) {
                throw new IllegalStateException("this Java refuses a virtual thread", e);
            }
        }
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    private static @Nullable MethodHandle find() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle ofVirtual = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder));
            MethodHandle make =
                    lookup.findVirtual(builder, "unstarted", MethodType.methodType(Thread.class, Runnable.class));
            return MethodHandles.collectArguments(make, 0, ofVirtual);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return null;
        }
    }
}
