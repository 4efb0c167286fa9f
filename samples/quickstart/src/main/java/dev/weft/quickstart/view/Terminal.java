package dev.weft.quickstart.view;

import java.io.Console;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stands at the other end of standard output. */
public final class Terminal {
    private static final Set<String> DUMB = Set.of("", "dumb", "unknown");

    private Terminal() {}

    /** Whether it is a terminal that knows ANSI sequences. */
    public static boolean canRedraw() {
        String term = System.getenv("TERM");
        return isTerminal(System.console()) && term != null && !DUMB.contains(term);
    }

    private static boolean isTerminal(@Nullable Console console) {
        if (console == null) {
            return false;
        }
        try {
            // From Java 22 on there is a console without a terminal too.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
