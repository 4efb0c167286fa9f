package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadReportTest {
    private static final LoadReport WHOLE =
            new LoadReport(0.7, 0.3, 120, 2.5, Map.of("utilization.queue", 0.25, "named_metrics.depth", 7.0));

    /** A message as any protobuf library writes it, with fields that we have no use for among the others. */
    private static byte[] message() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, 1, 0.3);
        number(out, 2, 0.9);
        out.writeBytes(new byte[] {3 << 3, (byte) 0xC8, 1});
        entry(out, 4, "bytes", 4096);
        entry(out, 5, "queue", 0.25);
        number(out, 6, 120);
        number(out, 7, 2.5);
        entry(out, 8, "depth", 7);
        number(out, 9, 0.7);
        out.writeBytes(new byte[] {15 << 3 | 5, 1, 2, 3, 4});
        return out.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int field, double value) {
        out.write(field << 3 | 1);
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(value)
                .array());
    }

    private static void entry(ByteArrayOutputStream out, int field, String key, double value) {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        entry.write(1 << 3 | 2);
        entry.write(name.length);
        entry.writeBytes(name);
        number(entry, 2, value);
        out.write(field << 3 | 2);
        out.write(entry.size());
        out.writeBytes(entry.toByteArray());
    }

    @Test
    void theMessageOfTheTrailerIsRead() {
        assertThat(LoadReport.ofBinary(message())).isEqualTo(WHOLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TEXT cpu_utilization=0.3,application_utilization=0.7,rps_fractional=120,eps=2.5,utilization.queue=0.25,"
                        + "named_metrics.depth=7,mem_utilization=0.9",
                "cpu:0.3, application_utilization:0.7, qps:120, eps:2.5, utilization.queue:0.25, named_metrics.depth:7",
                "JSON {\"cpu_utilization\": 0.3, \"application_utilization\": 0.7, \"rps_fractional\": 120, \"eps\": 2.5,"
                        + " \"request_cost\": {\"cpu\": 9}, \"utilization\": {\"queue\": 0.25}, \"named_metrics\":"
                        + " {\"depth\": 7}, \"later\": {\"a\": {\"eps\": 9}}}",
                "JSON {\"cpuUtilization\":0.3,\"applicationUtilization\":0.7,\"rpsFractional\":\"120\",\"eps\":25e-1,"
                        + "\"utilization\":{\"queue\":0.25},\"namedMetrics\":{\"depth\":7}}",
            })
    void everyFormOfTheHeaderSaysTheSame(String header) {
        assertThat(LoadReport.ofHeader(header)).isEqualTo(WHOLE);
    }

    @Test
    void theMessageMayStandInTheHeaderToo() {
        assertThat(LoadReport.ofHeader("BIN " + Base64.getEncoder().encodeToString(message())))
                .isEqualTo(WHOLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "TEXT ",
                "TEXT cpu",
                "TEXT =1",
                "TEXT cpu=",
                "TEXT cpu=half",
                "BIN *",
                "BIN ",
                "JSON ",
                "JSON 7",
                "JSON [1,2]",
                "JSON {\"cpu\": [0.3]}",
                "JSON {\"cpu\": \"much\"}",
                "JSON {\"cpu\": 0.3",
                "JSON }",
                "JSON {{{{{{",
                "JSON &a {x: *a}",
            })
    void whatIsNoReportIsNone(String header) {
        assertThat(LoadReport.ofHeader(header)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08",
                "0A05",
                "09",
                "0B",
                "FFFFFFFFFFFFFFFFFFFFFF",
                "2AFFFFFFFFFFFFFFFF7F",
                "42020A7F",
                "42020801"
            })
    void aBrokenMessageIsNone(String hex) {
        assertThat(LoadReport.ofBinary(HexFormat.of().parseHex(hex))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NaN", "-1", "-0.0", "Infinity", "-Infinity", "1e300", "1e12001"})
    void whatIsNoSaneFigureCountsAsNotSaid(String value) {
        LoadReport report = LoadReport.ofHeader("TEXT cpu_utilization=" + value + ",qps=" + value + ",eps=" + value
                + ",application_utilization=" + value + ",utilization.a=" + value + ",utilization.b=0.5");

        assertThat(report).isEqualTo(new LoadReport(0, 0, 0, 0, Map.of("utilization.b", 0.5)));
    }

    @Test
    void aHugeReportIsNotEvenLookedAt() {
        assertThat(LoadReport.ofHeader("TEXT " + "a=1,".repeat(250_000) + "cpu=1"))
                .isNull();
        assertThat(LoadReport.ofBinary(new byte[1_000_000])).isNull();
    }

    @Test
    void ofManyNamesOnlySoManyAreKept() {
        StringBuilder text = new StringBuilder("TEXT cpu=1");
        for (int i = 0; i < 500; i++) {
            text.append(",utilization.").append(i).append("=0.5");
        }
        text.append(",utilization.").append("x".repeat(1000)).append("=0.5");

        assertThat(Objects.requireNonNull(LoadReport.ofHeader(text.toString())).named())
                .hasSize(64);
    }

    /** Whatever comes, nothing is thrown and each figure is sane. */
    @Test
    void anyBytesAreAReportOrNone() {
        Random random = new Random(41);
        byte[] good = message();
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes;
            if (i % 2 == 0) {
                bytes = new byte[random.nextInt(64)];
                random.nextBytes(bytes);
            } else {
                bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
                for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            assertThatCode(() -> sane(LoadReport.ofBinary(bytes)))
                    .as(HexFormat.of().formatHex(bytes))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void anyTextIsAReportOrNone() {
        Random random = new Random(43);
        String[] pieces = {
            "TEXT ",
            "JSON ",
            "BIN ",
            "{",
            "}",
            "[",
            "]",
            "\"",
            ":",
            ",",
            "=",
            "cpu_utilization",
            "named_metrics",
            ".",
            "utilization",
            "1",
            "0.5",
            "-",
            "e9",
            "NaN",
            " ",
            "&a",
            "*a",
            "?",
            "#",
            "|",
            "!",
            "%",
            "\t",
            "\u00e9",
            "\ud83d",
            "---",
            "...",
            "\n",
            "\u0000"
        };
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder(pieces[random.nextInt(4)]);
            for (int n = random.nextInt(20); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            assertThatCode(() -> sane(LoadReport.ofHeader(text.toString())))
                    .as(text.toString())
                    .doesNotThrowAnyException();
        }
    }

    private static void sane(@Nullable LoadReport report) {
        if (report != null) {
            assertThat(report.cpuUtilization()).isBetween(0.0, 1e12);
            assertThat(report.applicationUtilization()).isBetween(0.0, 1e12);
            assertThat(report.qps()).isBetween(0.0, 1e12);
            assertThat(report.eps()).isBetween(0.0, 1e12);
            assertThat(report.named().values()).allMatch(value -> value > 0 && value <= 1e12);
        }
    }
}
