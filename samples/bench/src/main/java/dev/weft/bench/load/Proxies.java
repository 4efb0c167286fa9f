package dev.weft.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** HAProxy processes in a row between client and servers, as side-cars stand. */
public final class Proxies implements AutoCloseable {
    private static final String PLAIN = "  timeout connect 5s\n  timeout server 60s\n";

    private final List<Process> processes = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();

    /** The installed HAProxy, or null. */
    public static @Nullable Path haproxy() {
        String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin";
        return Stream.of(path.split(":", -1))
                .map(folder -> Path.of(folder, "haproxy"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /** Puts {@code hops} proxies before the ports, and gives the port of the first. */
    int before(int[] ports, int hops, Path haproxy) throws IOException, InterruptedException {
        List<Integer> next = Arrays.stream(ports).boxed().toList();
        for (int i = 0; i < hops; i++) {
            next = List.of(before(next, haproxy, PLAIN, "  balance roundrobin\n"));
        }
        return next.get(0);
    }

    /**
     * Puts one proxy before the ports, and gives its own.
     *
     * @param defaults further lines of its defaults
     * @param backend lines of its backend but the servers
     */
    public int before(List<Integer> ports, Path haproxy, String defaults, String backend)
            throws IOException, InterruptedException {
        int port = freePort();
        StringBuilder config = new StringBuilder("global\n  maxconn 4096\n  nbthread 2\n")
                .append("defaults\n  mode http\n  timeout client 60s\n")
                .append("  option http-keep-alive\n  http-reuse always\n")
                .append(defaults)
                .append("frontend in\n  bind 127.0.0.1:")
                .append(port)
                .append("\n  default_backend out\nbackend out\n")
                .append(backend);
        for (int i = 0; i < ports.size(); i++) {
            config.append("  server s")
                    .append(i)
                    .append(" 127.0.0.1:")
                    .append(ports.get(i))
                    .append('\n');
        }
        Path file = Files.createTempFile("weft-bench", ".cfg");
        files.add(file);
        Files.writeString(file, config);
        Process process = new ProcessBuilder(haproxy.toString(), "-db", "-q", "-f", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        awaitListening(process, port);
        return port;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitListening(Process process, int port) throws IOException, InterruptedException {
        for (int i = 0; ; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (i == 100 || process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new IOException("HAProxy does not listen on port " + port, e);
                }
            }
        }
    }

    /** CPU time of all of them so far: what the kernel says each of their threads has run. */
    long cpuNanos() {
        return processes.stream().mapToLong(process -> cpuNanos(process.pid())).sum();
    }

    private static long cpuNanos(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.mapToLong(thread -> ran(thread.resolve("schedstat"))).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long ran(Path schedstat) {
        try {
            return Long.parseLong(Files.readString(schedstat).split(" ", 2)[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        processes.forEach(Process::destroy);
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
