package dev.weft.bench.faults.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Ports for servers that come and go. From below the range that the system gives to clients: there a port that is closed
 * for a while may become some connection's own end, even of a connection to itself.
 */
final class Ports {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    private int next;

    /** @param salt so that processes side by side do not try the same */
    Ports(long salt) {
        next = FIRST + (int) Math.floorMod(salt * 997, (long) LAST - FIRST);
    }

    InetSocketAddress next() throws IOException {
        for (int tries = FIRST; tries < LAST; tries++) {
            next = next >= LAST ? FIRST : next + 1;
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), next);
            if (free(address)) {
                return address;
            }
        }
        throw new IOException("no port between " + FIRST + " and " + LAST + " is free");
    }

    private static boolean free(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
