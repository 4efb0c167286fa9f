package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Threads;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallBucketTest {
    @Test
    void oneInSoManyCallsMayBeWhatItIsFor() {
        CallBucket bucket = new CallBucket(100, 0);
        int taken = 0;
        for (int call = 0; call < 1_000; call++) {
            bucket.call();
            taken += bucket.take(20) ? 1 : 0;
        }
        assertThat(taken).isEqualTo(50);
    }

    @Test
    void noMoreIsSavedThanMayBe() {
        CallBucket bucket = new CallBucket(100, 0);
        for (int call = 0; call < 1_000; call++) {
            bucket.call();
        }
        assertThat(bucket.holds(100)).isTrue();
        assertThat(bucket.holds(101)).isFalse();
        for (int i = 0; i < 5; i++) {
            assertThat(bucket.take(20)).isTrue();
        }
        assertThat(bucket.take(1)).isFalse();
    }

    @Test
    void whatIsOwedIsPaidByCallsToComeAndIsNoMoreThanCanBeSaved() {
        CallBucket bucket = new CallBucket(100, 100);
        bucket.owe(150);
        bucket.owe(1_000);
        for (int call = 0; call < 119; call++) {
            bucket.call();
        }
        assertThat(bucket.take(20)).isFalse();
        bucket.call();
        assertThat(bucket.take(20)).isTrue();
    }

    @Test
    void threadsThatTakeAtOnceTakeNoMoreThanIsThere() {
        CallBucket bucket = new CallBucket(1_000, 1_000);
        AtomicInteger taken = new AtomicInteger();
        Threads.atOnce(4, thread -> {
            for (int i = 0; i < 1_000; i++) {
                if (bucket.take(7)) {
                    taken.addAndGet(7);
                }
            }
        });
        assertThat(taken).hasValue(994);
        assertThat(bucket.holds(6)).isTrue();
        assertThat(bucket.holds(7)).isFalse();
    }
}
