package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsulWatchTest {
    @ParameterizedTest
    @CsvSource({"0,5,5", "5,5,5", "5,6,6", "6,5,0", "0,0,1", "1,0,1", "7,0,0"})
    void theNextIndexFollowsConsulsRules(long from, long seen, long next) {
        assertThat(ConsulWatch.next(from, seen)).isEqualTo(next);
    }

    @Test
    void aConsulThatNeverWaitsIsAskedOnlyAsOftenAsTheRateAllows() throws Exception {
        FakeTime time = new FakeTime();
        time.hold();
        AtomicInteger asked = new AtomicInteger();
        try (MockWebServer server = new MockWebServer()) {
            server.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    return new MockResponse.Builder()
                            .code(404)
                            .addHeader("X-Consul-Index", asked.incrementAndGet())
                            .build();
                }
            });
            server.start();
            try (Consul consul = Consul.builder()
                    .address(server.url("/").toString())
                    .time(time)
                    .build()) {
                consul.policy("weft/policy").start(new SeenPolicy());
                int burst = (int) LoopRate.BURST + 1;
                await().atMost(SeenEndpoints.LONG).until(() -> asked.get() == burst);

                for (int more = 1; more <= 5; more++) {
                    time.advance(Duration.ofMillis(100));
                    int allowed = burst + more;
                    await().atMost(SeenEndpoints.LONG).until(() -> asked.get() == allowed);
                }
            }
        }
    }
}
