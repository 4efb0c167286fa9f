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
import io.opentelemetry.context.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Marks calls with their criticality, for those who shed under overload further down. A mark that the caller's context
 * bears already is kept: whoever began the work knows best. Work that is done for a request is no more critical than its
 * caller said, unless policy allows it.
 */
public final class CriticalityLayer implements Stackable {
    public static final Setting<Criticality> CRITICALITY = Setting.route(
            "criticality",
            SettingTypes.choice(Criticality.class),
            Criticality.CRITICAL,
            "How much a call matters where the work it belongs to does not say so itself; it travels with the call.");

    public static final Setting<Boolean> RAISE = Setting.route(
            "raiseCriticality",
            SettingTypes.flag(),
            false,
            "Whether calls made for a request may be more critical than its caller said that it is.");

    @Override
    public String name() {
        return "criticality";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(CRITICALITY, RAISE);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        Criticality said = fit.policy().get(CRITICALITY);
        boolean mayRaise = fit.policy().get(RAISE);
        return mayRaise && said == CRITICALITY.builtIn() ? null : new Mark<>(said, mayRaise);
    }

    private record Mark<R>(Criticality said, boolean mayRaise) implements Filter<R> {
        @Override
        public Reply<R> apply(Call call, Service<R> next) {
            Context context = call.context();
            Criticality ofRequest = mayRaise ? null : Criticality.ofRequest(context);
            if (ofRequest != null || said != CRITICALITY.builtIn()) {
                String given = Baggage.fromContext(context).getEntryValue(Criticality.KEY);
                Criticality wanted = given == null ? said : Criticality.in(context);
                if (ofRequest != null && ofRequest.compareTo(wanted) > 0) {
                    call.context(ofRequest.storeInContext(context));
                } else if (given == null) {
                    call.context(said.storeInContext(context));
                }
            }
            return next.call(call);
        }
    }
}
