package dev.weft.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.call.RequestPart;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import dev.weft.testkit.StillWire;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallKeyTest {
    private final CallKeyType type = new CallKeyType(true);

    /** Says of each part its own name, and of the path what it was told. */
    private static final class Speaking extends StillWire {
        private final String path;

        Speaking(String path) {
            this.path = path;
        }

        @Override
        public String read(Call call, RequestPart part, String name) {
            return part == RequestPart.PATH ? path : part + " " + name;
        }
    }

    private @Nullable String key(String setting, String path) {
        Context context = Baggage.builder().put("tenant", "acme").build().storeInContext(Context.root());
        Call call = new Call("request", Policy.builtIn("inventory"), Pace.blocking(new FakeTime()), context);
        return type.parse(setting).of(call, context, new Speaking(path)::read);
    }

    @ParameterizedTest
    @CsvSource({
        "header:x-user, HEADER x-user",
        "cookie:session, COOKIE session",
        "baggage:tenant, acme",
        "baggage:other, ",
        "caller, 'CALLER '",
        "off, ",
    })
    void isFoundWherePolicySays(String setting, @Nullable String found) {
        assertThat(key(setting, "/")).isEqualTo(found);
    }

    @ParameterizedTest
    @CsvSource({
        "path:/{id}, /7, 7",
        "path:/items/{id}, /items/7, 7",
        "path:/items/{id}, /items/7/stock, 7",
        "path:/*/{id}, /orders/8, 8",
        "path:/items/{id}, /items, ",
        "path:/items/{id}, /items/, ",
        "path:/items/{id}, /orders/7, ",
        "path:/items/{id}, /items2/7, ",
        "path:/items/{id}, /item/7, ",
        "path:/*/stock/{id}, /any/stock/9/x, 9",
        "path:/*/stock/{id}, /any/9, ",
        "path:/*/stock/{id}, //stock/9, 9",
        "path:/items/{id}, '', ",
    })
    void isThePartOfThePathThatTheTemplateNames(String setting, String path, @Nullable String found) {
        assertThat(key(setting, path)).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"header:x-user", "cookie:a", "baggage:b", "path:/items/{id}", "path:/*/{}", "caller", "off"})
    void isWrittenAsItIsRead(String setting) {
        assertThat(type.render(type.parse(setting))).isEqualTo(setting);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x-user",
                "caller:me",
                "header:",
                "header:a b",
                "query:q",
                "path:items/{id}",
                "path:/items/{id}/x"
            })
    void whatNamesNoKeyIsRefused(String setting) {
        assertThatThrownBy(() -> type.parse(setting)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoAsksIsNoKeyWhereItIsAlwaysThisProcess() {
        assertThatThrownBy(() -> new CallKeyType(false).parse("caller")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyOfAMegabyteIsReadAsItIs() {
        String megabyte = "x".repeat(1_000_000);
        assertThat(key("path:/items/{id}", "/items/" + megabyte)).isEqualTo(megabyte);
    }

    @Test
    void aWireThatCannotTellHasNoKey() {
        Call call = new Call("request", Policy.builtIn("inventory"), Pace.blocking(new FakeTime()), Context.root());
        assertThat(type.parse("header:x-user").of(call, call.context(), new ScriptedWire<>("fine")::read))
                .isNull();
        assertThat(type.parse("path:/{id}").of(call, call.context(), new ScriptedWire<>("fine")::read))
                .isNull();
    }
}
