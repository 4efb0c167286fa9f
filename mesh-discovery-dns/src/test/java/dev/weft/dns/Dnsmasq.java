package dev.weft.dns;

import static org.awaitility.Awaitility.await;

import dev.weft.consul.testkit.FreePorts;
import dev.weft.consul.testkit.ProgramScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.SimpleResolver;

/** A real dnsmasq on a free loopback port, without rights. Ends with the JVM at the latest. */
final class Dnsmasq implements AutoCloseable {
    private static final Set<Process> running = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(Process::destroyForcibly)));
    }

    private final Path program;
    private final Path folder;
    private final int port = FreePorts.run(1);
    private @Nullable Process process;

    Dnsmasq(Path folder) {
        this.folder = folder;
        try {
            this.program = ProgramScript.obtain(Dnsmasq.class, "get-dnsmasq.sh", Path.of("target", "dnsmasq"));
        } catch (IOException e) {
            throw new UncheckedIOException("getting a dnsmasq failed", e);
        }
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** Runs with exactly these lines of configuration; starts it anew if it runs. */
    void runs(String... lines) {
        close();
        try {
            Path file = folder.resolve("dnsmasq.conf");
            List<String> always = List.of(
                    "port=" + port,
                    "listen-address=127.0.0.1",
                    "bind-interfaces",
                    "no-resolv",
                    "no-hosts",
                    "pid-file=",
                    "user=",
                    "local=/test/",
                    "local-ttl=1");
            Files.write(file, always);
            Files.write(file, List.of(lines), StandardOpenOption.APPEND);
            Process started = new ProcessBuilder(program.toString(), "-k", "-C", file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            running.add(started);
            process = started;
            await().atMost(Seen.LONG).until(() -> answers(started));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers(Process started) throws IOException {
        if (!started.isAlive()) {
            throw new IllegalStateException("dnsmasq ended: " + Files.readString(folder.resolve("log")));
        }
        SimpleResolver line = new SimpleResolver(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        line.setTimeout(Duration.ofMillis(300));
        try {
            line.send(Message.newQuery(Zone.record("up.test. 0 A 10.0.0.0")));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        Process ending = process;
        process = null;
        if (ending == null) {
            return;
        }
        ending.destroy();
        try {
            if (!ending.waitFor(10, TimeUnit.SECONDS)) {
                ending.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running.remove(ending);
    }
}
