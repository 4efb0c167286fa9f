package dev.weft.collapse;

import dev.weft.call.Filter;
import dev.weft.call.Sharing;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has calls that ask the same at the same time share one answer. Off unless policy says otherwise. */
public final class CollapseLayer implements Stackable {
    public static final Setting<Mode> MODE = Setting.route(
            "collapse.mode",
            SettingTypes.choice(Mode.class),
            Mode.OFF,
            "on: calls under way at the same time that change nothing and ask the same (HTTP: method, URL and all headers"
                    + " equal, credentials included; gRPC: method, message and all metadata) are sent once and share the"
                    + " answer.");
    public static final Setting<Long> MOST_BYTES = Setting.route(
            "collapse.maxBody",
            SettingTypes.bytes(0, 16 << 20),
            256L << 10,
            "An answer with a larger body is not shared: one has it, the others ask for themselves.");

    private static final Logger log = LoggerFactory.getLogger(CollapseLayer.class);

    /** Whether calls share answers. */
    public enum Mode {
        OFF,
        ON
    }

    @Override
    public String name() {
        return "collapse";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(MODE, MOST_BYTES);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        if (fit.policy().get(MODE) == Mode.OFF) {
            return null;
        }
        Sharing<R> sharing = fit.wire().sharing();
        if (sharing == null) {
            log.warn(
                    "{}: collapse.mode: on has no effect on calls over {}: answers are shared only where nothing below the"
                            + " mesh can add credentials unseen, so not where the client it was given has interceptors,"
                            + " cookies or an authenticator (HTTP) or builders of channels are the application's own (gRPC)",
                    fit.service(),
                    fit.wire().protocol());
            return null;
        }
        LongAdder shared = fit.keep("collapse shared", "", LongAdder::new);
        LongAdder alone = fit.keep("collapse alone", "", LongAdder::new);
        fit.state()
                .gauges()
                .show(
                        "weft.client.collapse.shared",
                        "Calls so far that were answered by another's answer.",
                        shared::sum);
        fit.state()
                .gauges()
                .show(
                        "weft.client.collapse.alone",
                        "Calls so far that waited for another's answer, could not share it, and asked for themselves.",
                        alone::sum);
        return new CollapseFilter<>(fit, sharing, shared, alone);
    }
}
