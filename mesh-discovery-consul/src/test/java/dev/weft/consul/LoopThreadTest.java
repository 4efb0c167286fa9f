package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopThreadTest {
    @Test
    void aThreadIsADaemonWithItsNameAndVirtualWhereThatCostsNothing() throws Exception {
        CompletableFuture<String> ran = new CompletableFuture<>();
        Thread thread = LoopThread.unstarted(
                "weft-consul test", () -> ran.complete(Thread.currentThread().toString()));
        thread.start();

        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getName()).isEqualTo("weft-consul test");
        String words = ran.get(30, TimeUnit.SECONDS);
        assertThat(words.startsWith("VirtualThread"))
                .isEqualTo(Runtime.version().feature() >= 24);
    }
}
