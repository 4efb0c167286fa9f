package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every source of endpoints does. To test one, extend this class and say how its endpoints are set, and how it is
 * cut off from where it gets them.
 */
public abstract class ResolverContract {
    private static final Duration SOON = Duration.ofSeconds(30);

    private Resolver resolver = new ScriptedResolver();

    /** A resolver of the source that this test writes to; closed by this class. */
    protected abstract Resolver resolver() throws Exception;

    /** Has the source know exactly these endpoints of a service. */
    protected abstract void serve(String service, List<Endpoint> endpoints) throws Exception;

    /** Makes the source unreachable, or unable to answer. */
    protected void breakSource() throws Exception {
        Assumptions.abort("this source cannot fail");
    }

    /** Undoes {@link #breakSource}. */
    protected void mendSource() throws Exception {}

    private void serve(String service, String... addresses) throws Exception {
        serve(service, Arrays.stream(addresses).map(Endpoint::parse).toList());
    }

    @BeforeEach
    void open() throws Exception {
        resolver = resolver();
    }

    @AfterEach
    void close() {
        resolver.close();
    }

    /** Watches a service; what is told is kept. */
    protected final Heard watch(String service) {
        return new Heard(resolver, service);
    }

    @Test
    protected void tellsTheEndpointsThatAreThere() throws Exception {
        serve("inventory", "10.1.0.1:80", "10.1.0.2:81");
        watch("inventory").awaits("10.1.0.1:80", "10.1.0.2:81");
    }

    @Test
    protected void tellsEachChangeAsAWholeList() throws Exception {
        serve("inventory", "10.1.0.1:80");
        Heard heard = watch("inventory");
        heard.awaits("10.1.0.1:80");
        serve("inventory", "10.1.0.1:80", "10.1.0.2:80", "10.1.0.3:80");
        heard.awaits("10.1.0.1:80", "10.1.0.2:80", "10.1.0.3:80");
        serve("inventory", "10.1.0.2:80", "10.1.0.3:80");
        heard.awaits("10.1.0.2:80", "10.1.0.3:80");
    }

    @Test
    protected void tellsTheLastEndpointsLeaving() throws Exception {
        serve("inventory", "10.1.0.1:80");
        Heard heard = watch("inventory");
        heard.awaits("10.1.0.1:80");
        serve("inventory");
        heard.awaits();
    }

    @Test
    protected void servicesAreWatchedApart() throws Exception {
        serve("inventory", "10.1.0.1:80");
        serve("pricing", "10.1.0.2:80");
        Heard inventory = watch("inventory");
        Heard pricing = watch("pricing");
        inventory.awaits("10.1.0.1:80");
        pricing.awaits("10.1.0.2:80");
        serve("pricing", "10.1.0.3:80");
        pricing.awaits("10.1.0.3:80");
        inventory.awaits("10.1.0.1:80");
    }

    @Test
    protected void twoWatchesOfOneServiceAreBothTold() throws Exception {
        serve("inventory", "10.1.0.1:80");
        Heard first = watch("inventory");
        first.awaits("10.1.0.1:80");
        Heard second = watch("inventory");
        second.awaits("10.1.0.1:80");
        first.watch.close();
        serve("inventory", "10.1.0.1:80", "10.1.0.2:80");
        second.awaits("10.1.0.1:80", "10.1.0.2:80");
    }

    @Test
    protected void aClosedWatchIsToldNothingMore() throws Exception {
        serve("inventory", "10.1.0.1:80");
        Heard closed = watch("inventory");
        Heard witness = watch("inventory");
        closed.awaits("10.1.0.1:80");
        witness.awaits("10.1.0.1:80");
        closed.watch.close();
        closed.watch.close();
        int before = closed.calls.get();
        serve("inventory", "10.1.0.2:80");
        witness.awaits("10.1.0.2:80");
        assertThat(closed.calls).hasValue(before);
    }

    @Test
    protected void onceClosedItTellsNothingAndMayBeClosedAgain() throws Exception {
        serve("inventory", "10.1.0.1:80");
        Heard heard = watch("inventory");
        heard.awaits("10.1.0.1:80");
        resolver.close();
        resolver.close();
        int before = heard.calls.get();
        serve("inventory", "10.1.0.2:80");
        resolver = resolver();
        watch("inventory").awaits("10.1.0.2:80");
        assertThat(heard.calls).hasValue(before);
    }

    @Test
    protected void aFailureIsToldAsSuchAndTakesNothingAway() throws Exception {
        serve("inventory", "10.1.0.1:80");
        Heard heard = watch("inventory");
        heard.awaits("10.1.0.1:80");
        breakSource();
        heard.awaitsFailure();
        assertThat(heard.lists).as("a failure is no empty list").noneMatch(List::isEmpty);
        mendSource();
        serve("inventory", "10.1.0.1:80", "10.1.0.2:80");
        heard.awaits("10.1.0.1:80", "10.1.0.2:80");
    }

    @Test
    protected void startsWithTheSourceAwayAndGoesOnTrying() throws Exception {
        serve("inventory", "10.1.0.1:80");
        breakSource();
        Heard heard = watch("inventory");
        heard.awaitsFailure();
        assertThat(heard.lists).as("nothing could be learnt").isEmpty();
        mendSource();
        heard.awaits("10.1.0.1:80");
    }

    /** What a watch was told. */
    protected static final class Heard implements Resolver.Listener {
        private final List<List<String>> lists = new CopyOnWriteArrayList<>();
        private final List<String> failures = new CopyOnWriteArrayList<>();
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger inside = new AtomicInteger();
        private volatile boolean overlapped;
        private final Resolver.Watch watch;

        private Heard(Resolver resolver, String service) {
            this.watch = resolver.watch(service, this);
        }

        @Override
        public void endpoints(List<Endpoint> endpoints) {
            enter();
            lists.add(endpoints.stream().map(Endpoint::address).sorted().toList());
            inside.decrementAndGet();
        }

        @Override
        public void failed(String reason) {
            enter();
            failures.add(reason);
            inside.decrementAndGet();
        }

        private void enter() {
            calls.incrementAndGet();
            overlapped |= inside.incrementAndGet() > 1;
        }

        /** Waits until the last list that was told has exactly these addresses. */
        public void awaits(String... addresses) {
            List<String> wanted = Arrays.stream(addresses).sorted().toList();
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(lists).isNotEmpty();
                assertThat(lists.get(lists.size() - 1)).isEqualTo(wanted);
            });
            assertThat(overlapped)
                    .as("the listener was called by two threads at a time")
                    .isFalse();
        }

        /** Waits until a failure has been told, with its reason. */
        public void awaitsFailure() {
            await().atMost(SOON).untilAsserted(() -> assertThat(failures).isNotEmpty());
            assertThat(failures).as("the reason").noneMatch(String::isBlank);
        }
    }
}
