package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Status;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallerDeadlineTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Status late = Status.DEADLINE_EXCEEDED
            .withDescription("it passed nearly; not sent")
            .withCause(new MeshException(Fate.FAILED_DEADLINE, "it passed nearly; not sent"));
    private final CallerDeadline hour = Objects.requireNonNull(
            CallerDeadline.of(CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS), Context.ROOT));

    @Test
    void aCallThatIsNotSentForItIsToldAsIfItHadPassed() {
        assertThat(hour.told(late, 3600 * SECOND).getDescription())
                .startsWith("CallOptions deadline exceeded after ")
                .endsWith("[it passed nearly; not sent]");
    }

    @Test
    void onePassesForPolicysNearerDeadline() {
        assertThat(hour.told(late, SECOND)).isEqualTo(late);
        assertThat(hour.told(late, -SECOND)).isEqualTo(late);
    }
}
