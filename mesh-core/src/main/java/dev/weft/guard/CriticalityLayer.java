package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Filter;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import io.opentelemetry.api.baggage.Baggage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Marks calls with their criticality, for those who shed under overload further down. A mark that the caller's context
 * bears already is kept: whoever began the work knows best. Absent where the policy says no more than the default.
 */
public final class CriticalityLayer implements Stackable {
    public static final Setting<Criticality> CRITICALITY = Setting.route(
            "criticality",
            SettingTypes.choice(Criticality.class),
            Criticality.CRITICAL,
            "How much a call matters where the work it belongs to does not say so itself; it travels with the call.");

    @Override
    public String name() {
        return "criticality";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(CRITICALITY);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        Criticality said = fit.policy().get(CRITICALITY);
        return said == CRITICALITY.builtIn() ? null : new Mark<>(said);
    }

    private record Mark<R>(Criticality said) implements Filter<R> {
        @Override
        public Reply<R> apply(Call call, Service<R> next) {
            if (Baggage.fromContext(call.context()).getEntryValue(Criticality.KEY) == null) {
                call.context(said.storeInContext(call.context()));
            }
            return next.call(call);
        }
    }
}
