package dev.weft.testkit;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Whether what threads do at once with a thing they share comes to what they would have got one after the other (Lincheck,
 * which tries the orders in which two threads can take turns a few times). Brings Lincheck.
 */
public final class Linearizable {
    private Linearizable() {}

    /** Fails with the order that shows it. The class has a public constructor and public methods that are operations. */
    public static void check(Class<?> shared) {
        new ModelCheckingOptions()
                .iterations(10)
                .invocationsPerIteration(200)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .check(shared);
    }

    /** The same for what is made of many parts, and takes long to try: two operations at once, and one after them. */
    public static void checkPairs(Class<?> shared) {
        new ModelCheckingOptions()
                .iterations(4)
                .invocationsPerIteration(60)
                .threads(2)
                .actorsPerThread(1)
                .actorsBefore(0)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .check(shared);
    }
}
