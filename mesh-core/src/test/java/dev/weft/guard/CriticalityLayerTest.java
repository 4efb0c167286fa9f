package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.testkit.Answer;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CriticalityLayerTest {
    private static String sent(Map<String, String> set, Context context) {
        try (Rig rig = new Rig(set)) {
            rig.wire.script(attempt -> Answer.ok("well"));
            Call call = rig.begin(context);
            return Criticality.in(call.context()).label();
        }
    }

    private static Context request(Criticality said) {
        return Criticality.arrived(Context.root().with(said));
    }

    @ParameterizedTest
    @CsvSource({
        "SHEDDABLE_PLUS, CRITICAL_PLUS, sheddable_plus",
        "SHEDDABLE_PLUS, SHEDDABLE, sheddable",
        "CRITICAL_PLUS, CRITICAL, critical",
        "SHEDDABLE, CRITICAL, sheddable",
    })
    void aHopMayLowerWhatItsCallerSaidAndNotRaiseIt(Criticality said, Criticality wanted, String sent) {
        assertThat(sent(Map.of(), request(said).with(wanted))).isEqualTo(sent);
    }

    @Test
    void unlessPolicyAllowsIt() {
        Context context = request(Criticality.SHEDDABLE).with(Criticality.CRITICAL_PLUS);
        assertThat(sent(Map.of("raiseCriticality", "true"), context)).isEqualTo("critical_plus");
    }

    @Test
    void norDoesForgettingWhatWasSaidRaiseIt() {
        Context forgotten = Baggage.empty().storeInContext(request(Criticality.SHEDDABLE));
        assertThat(sent(Map.of(), forgotten)).isEqualTo("sheddable");
        assertThat(sent(Map.of("criticality", "criticalPlus"), forgotten)).isEqualTo("sheddable");
    }

    @Test
    void whoBeginsTheWorkMaySayWhatHeLikes() {
        assertThat(sent(Map.of(), Context.root().with(Criticality.CRITICAL_PLUS)))
                .isEqualTo("critical_plus");
        assertThat(sent(Map.of("criticality", "criticalPlus"), Context.root())).isEqualTo("critical_plus");
        assertThat(sent(Map.of("criticality", "sheddable"), Criticality.arrived(Context.root())))
                .isEqualTo("sheddable");
    }
}
