package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CriticalityTest {
    private static Context baggage(String value) {
        return Context.root().with(Baggage.builder().put(Criticality.KEY, value).build());
    }

    @Test
    void aCallIsCriticalWhereNobodySaidOtherwise() {
        assertThat(Criticality.in(Context.root())).isEqualTo(Criticality.CRITICAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "urgent", "critical ", "0", "sheddablé"})
    void whatIsNoneOfOursIsCritical(String value) {
        assertThat(Criticality.in(baggage(value))).isEqualTo(Criticality.CRITICAL);
    }

    @ParameterizedTest
    @EnumSource
    void theContextCarriesIt(Criticality criticality) {
        Context other = Context.root().with(Baggage.builder().put("user", "7").build());
        Context context = other.with(criticality);
        assertThat(Criticality.in(context)).isEqualTo(criticality);
        assertThat(Criticality.in(baggage(criticality.name()))).isEqualTo(criticality);
        assertThat(Baggage.fromContext(context).getEntryValue("user")).isEqualTo("7");
    }

    @Test
    void loweringGoesOneLevelAtATimeAndEndsAtSheddable() {
        assertThat(Criticality.CRITICAL_PLUS.lowered()).isEqualTo(Criticality.CRITICAL);
        assertThat(Criticality.CRITICAL.lowered()).isEqualTo(Criticality.SHEDDABLE_PLUS);
        assertThat(Criticality.SHEDDABLE_PLUS.lowered()).isEqualTo(Criticality.SHEDDABLE);
        assertThat(Criticality.SHEDDABLE.lowered()).isEqualTo(Criticality.SHEDDABLE);
    }

    @Test
    void aRequestRemembersWhatItsCallerSaidOfIt() {
        assertThat(Criticality.ofRequest(Criticality.arrived(Context.root()))).isNull();
        Context request = Criticality.arrived(baggage("sheddable"));
        assertThat(Criticality.ofRequest(request)).isEqualTo(Criticality.SHEDDABLE);
        assertThat(Criticality.ofRequest(request.with(Criticality.CRITICAL_PLUS)))
                .isEqualTo(Criticality.SHEDDABLE);
    }
}
