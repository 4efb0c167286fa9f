package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadSignalTest {
    @Test
    void whatIsWrittenIsRead() {
        LoadSignal signal = new LoadSignal(3, 1_200_000);
        assertThat(signal.text()).isEqualTo("in-flight=3;latency-us=1200");
        assertThat(LoadSignal.parse(signal.text())).isEqualTo(signal);
        assertThat(LoadSignal.parse("in-flight=0;latency-us=0")).isEqualTo(new LoadSignal(0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ask",
                "in-flight=",
                "in-flight=1",
                "in-flight=;latency-us=",
                "in-flight=-1;latency-us=5",
                "in-flight=1;latency-us=-5",
                "in-flight=NaN;latency-us=1",
                "in-flight=1;latency-us=Infinity",
                "in-flight=1e9;latency-us=1",
                "in-flight=1;latency-us=1.5",
                "in-flight=9999999999;latency-us=1",
                "in-flight=1;latency-us=99999999999999999999",
                "in-flight=\u0661;latency-us=1",
                "latency-us=1;in-flight=1",
            })
    void whateverElseAServerSaysIsNothing(String text) {
        assertThat(LoadSignal.parse(text)).isNull();
    }

    @Test
    void nothingIsBelowZero() {
        assertThatThrownBy(() -> new LoadSignal(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
