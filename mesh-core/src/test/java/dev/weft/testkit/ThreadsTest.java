package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** That a thread still runs is seen, of whatever kind it is. */
class ThreadsTest {
    @Test
    void aThreadIsNamedWhileItRuns() throws Exception {
        isNamedWhileItRuns(Thread::new);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void soIsAVirtualOne() throws Exception {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        isNamedWhileItRuns((ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder));
    }

    private static void isNamedWhileItRuns(ThreadFactory factory) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = factory.newThread(() -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        thread.setName("somebody in particular");
        thread.start();
        assertThat(Threads.names()).contains("somebody in particular");
        end.countDown();
        thread.join();
        assertThat(Threads.names()).doesNotContain("somebody in particular");
    }
}
