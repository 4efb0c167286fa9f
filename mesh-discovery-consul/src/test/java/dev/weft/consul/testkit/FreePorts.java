package dev.weft.consul.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports on 127.0.0.1. They lie below the range from which systems hand out ports to outgoing connections,
 * so that a port is still free when an agent that was killed comes back to it.
 */
public final class FreePorts {
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;

    private FreePorts() {}

    /** {@code count} ports in a row, free just now. */
    public static int run(int count) {
        for (int attempt = 0; attempt < 200; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST - count);
            int port = first;
            while (port < first + count && free(port)) {
                port++;
            }
            if (port == first + count) {
                return first;
            }
        }
        throw new IllegalStateException("no " + count + " free ports between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
