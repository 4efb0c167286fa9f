package dev.weft.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.call.Criticality;
import dev.weft.policy.Layer;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Origin;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.policy.Settings;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeclaredClientTest {
    private static final Setting<Duration> TOTAL = Setting.route(
            "deadline.total",
            SettingTypes.durationOrOff(Duration.ofMillis(1), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            "");
    private static final Setting<Duration> PER_TRY = Setting.route(
            "retry.perTry", SettingTypes.durationOrOff(Duration.ofMillis(1), Duration.ofHours(1)), Duration.ZERO, "");
    private static final Setting<Integer> ATTEMPTS = Setting.route("retry.attempts", SettingTypes.count(1, 5), 3, "");
    private static final Setting<List<Integer>> ALSO_ON =
            Setting.route("retry.alsoOn", SettingTypes.statuses(), List.of(), "");
    private static final Setting<Boolean> IDEMPOTENT = Setting.route("idempotent", SettingTypes.flag(), false, "");
    private static final Setting<Criticality> CRITICALITY =
            Setting.route("criticality", SettingTypes.choice(Criticality.class), Criticality.CRITICAL, "");
    private static final Setting<Double> HEDGE =
            Setting.route("hedge.maxExtraLoad", SettingTypes.ratio(0, 0.1), 0.0, "");
    private static final Setting<Double> PANIC = Setting.service("balancer.panic", SettingTypes.ratio(0, 1), 0.5, "");
    private static final Settings SETTINGS =
            Settings.of(List.of(TOTAL, PER_TRY, ATTEMPTS, ALSO_ON, IDEMPOTENT, CRITICALITY, HEDGE, PANIC));

    @ServiceName("inventory")
    @Timeout("2s")
    @Idempotent
    @PolicyValue(key = "balancer.panic", value = "30%")
    interface InventoryApi {
        @Timeout("300ms")
        @PerTry("100ms")
        @Attempts(2)
        @Critical(Criticality.SHEDDABLE_PLUS)
        @Hedged
        @PolicyValue(key = "retry.alsoOn", value = "429, 500")
        Object stock(String item);

        @Idempotent(false)
        Object book(String item);

        Object plain();
    }

    private static LayerValues values(Class<?> type, String method) {
        DeclaredClient client = DeclaredClient.of(type, SETTINGS);
        for (Method one : type.getMethods()) {
            if (one.getName().equals(method)) {
                return client.values(one);
            }
        }
        throw new AssertionError("no method " + method);
    }

    private static List<String> faults(Class<?> type) {
        DeclarationRefused refused =
                catchThrowableOfType(DeclarationRefused.class, () -> DeclaredClient.of(type, SETTINGS));
        assertThat(refused).as("refusal of %s", type).isNotNull();
        assertThat(refused)
                .hasMessage(type.getName() + " cannot be used as a client:\n" + String.join("\n", refused.faults()));
        return refused.faults();
    }

    @Test
    void eachAnnotationSetsItsSettingAndIsItsOrigin() {
        DeclaredClient client = DeclaredClient.of(InventoryApi.class, SETTINGS);
        LayerValues stock = values(InventoryApi.class, "stock");

        assertThat(client.service()).isEqualTo("inventory");
        assertThat(stock.get(TOTAL)).isEqualTo(Duration.ofMillis(300));
        assertThat(stock.origin(TOTAL)).isEqualTo(new Origin(Layer.ANNOTATION, "InventoryApi.stock @Timeout"));
        assertThat(stock.get(PER_TRY)).isEqualTo(Duration.ofMillis(100));
        assertThat(stock.get(ATTEMPTS)).isEqualTo(2);
        assertThat(stock.get(CRITICALITY)).isEqualTo(Criticality.SHEDDABLE_PLUS);
        assertThat(stock.get(HEDGE)).isEqualTo(0.01);
        assertThat(stock.get(ALSO_ON)).containsExactly(429, 500);
        assertThat(stock.get(IDEMPOTENT)).isTrue();
        assertThat(stock.origin(IDEMPOTENT)).isEqualTo(new Origin(Layer.ANNOTATION, "InventoryApi @Idempotent"));
        assertThat(stock.get(PANIC)).isEqualTo(0.3);
    }

    @Test
    void methodBeatsInterfaceFieldByField() {
        LayerValues book = values(InventoryApi.class, "book");

        assertThat(book.get(IDEMPOTENT)).isFalse();
        assertThat(book.get(TOTAL)).isEqualTo(Duration.ofSeconds(2));
        assertThat(book.get(ATTEMPTS)).isNull();
    }

    @Test
    void methodThatSaysNothingSharesTheValuesOfItsInterface() throws Exception {
        DeclaredClient client = DeclaredClient.of(InventoryApi.class, SETTINGS);

        assertThat(client.values(InventoryApi.class.getDeclaredMethod("plain"))).isSameAs(client.values());
        assertThat(client.values(Object.class.getMethod("toString"))).isSameAs(client.values());
    }

    @ServiceName("base")
    @Timeout("5s")
    interface Base<T> {
        @Attempts(2)
        T inherited(T item);

        @Attempts(3)
        @Timeout("4s")
        Object overridden();
    }

    @ServiceName("derived")
    @Timeout("1s")
    interface Derived extends Base<String> {
        @Override
        @Attempts(1)
        Object overridden();
    }

    @Test
    void whatIsInheritedHoldsUntilSaidOtherwise() {
        DeclaredClient client = DeclaredClient.of(Derived.class, SETTINGS);

        assertThat(client.service()).isEqualTo("derived");
        assertThat(values(Derived.class, "inherited").get(ATTEMPTS)).isEqualTo(2);
        assertThat(values(Derived.class, "inherited").get(TOTAL)).isEqualTo(Duration.ofSeconds(1));
        assertThat(values(Derived.class, "overridden").get(ATTEMPTS)).isEqualTo(1);
        assertThat(values(Derived.class, "overridden").origin(ATTEMPTS))
                .isEqualTo(new Origin(Layer.ANNOTATION, "Derived.overridden @Attempts"));
        assertThat(values(Derived.class, "overridden").get(TOTAL)).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void methodsAsAProxySeesThemAreKnown() {
        List<Method> called = new ArrayList<>();
        Derived proxy = (Derived) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Derived.class}, (self, method, arguments) -> {
                    called.add(method);
                    return null;
                });
        proxy.inherited("x");
        proxy.overridden();
        ((Base<String>) proxy).overridden();
        DeclaredClient client = DeclaredClient.of(Derived.class, SETTINGS);

        assertThat(called)
                .extracting(method -> client.values(method).get(ATTEMPTS))
                .containsExactly(2, 1, 1);
    }

    @Timeout("soon")
    @PolicyValue(key = "deadlin.total", value = "1s")
    interface Wrong {
        @Timeout("-1s")
        @Attempts(99)
        Object a();

        @PolicyValue(key = "balancer.panic", value = "10%")
        Object b();

        @Timeout("1s")
        @PolicyValue(key = "deadline.total", value = "2s")
        Object c();

        @PolicyValue(key = "nothing.like.it", value = "")
        Object d();

        @Timeout("1s")
        static void e() {}
    }

    @Test
    void allFaultsAreToldAtOnceEachWithItsPlace() {
        assertThat(faults(Wrong.class))
                .containsExactlyInAnyOrder(
                        "Wrong: does not say which service it calls; add @ServiceName(\"...\")",
                        "Wrong @Timeout(soon): is not a duration; expected a duration of 1ms to 1h, such as 250ms or 2s, or off",
                        "Wrong @PolicyValue(deadlin.total = 1s): no layer of the stack reads a setting deadlin.total; did you"
                                + " mean deadline.total?",
                        "Wrong.a @Timeout(-1s): is negative; expected a duration of 1ms to 1h, such as 250ms or 2s, or off",
                        "Wrong.a @Attempts(99): must be 5 or less; expected a whole number of 1 to 5",
                        "Wrong.b @PolicyValue(balancer.panic = 10%): balancer.panic is set for a whole service; move it to the"
                                + " interface",
                        "Wrong.c @PolicyValue(deadline.total = 2s) and Wrong.c @Timeout(1s): say different things about"
                                + " deadline.total",
                        "Wrong.d @PolicyValue(nothing.like.it = ): no layer of the stack reads a setting nothing.like.it",
                        "Wrong.e @Timeout(1s): a static method is no call");
    }

    @ServiceName("one")
    @Timeout("1s")
    interface One {}

    @ServiceName("two")
    @Timeout("2s")
    interface Two {}

    interface Both extends One, Two {}

    @ServiceName("both")
    @Timeout("3s")
    interface Decided extends One, Two {}

    @Test
    void parentsThatDisagreeAreAFaultUnlessTheChildDecides() {
        assertThat(faults(Both.class))
                .containsExactly(
                        "Both: inherits several services, one and two; say with @ServiceName which one it calls",
                        "One @Timeout(1s) and Two @Timeout(2s): say different things about deadline.total");
        assertThat(DeclaredClient.of(Decided.class, SETTINGS).values().get(TOTAL))
                .isEqualTo(Duration.ofSeconds(3));
    }

    @ServiceName("not a name")
    abstract static class NoInterface {}

    @Test
    void clientIsAnInterfaceOfAServiceWithAName() {
        assertThat(faults(NoInterface.class))
                .containsExactly(
                        "NoInterface: is no interface",
                        "NoInterface @ServiceName(not a name): is no name of a service: letters, digits, dot, dash and"
                                + " underscore");
    }

    @Declares("retry.alsoOn")
    @Retention(RetentionPolicy.RUNTIME)
    private @interface AlsoOn {
        int[] value();
    }

    @ServiceName("own")
    interface WithOwnAnnotation {
        @AlsoOn({500, 520})
        Object a();
    }

    @Test
    void usersAddAnnotationsOfTheirOwn() {
        assertThat(values(WithOwnAnnotation.class, "a").get(ALSO_ON)).containsExactly(500, 520);
    }
}
