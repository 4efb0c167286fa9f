package dev.weft.bench.faults.peers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** Counts connects of OkHttp's that failed. */
final class RefusedConnects extends EventListener {
    private final AtomicLong count;

    RefusedConnects(AtomicLong count) {
        this.count = count;
    }

    @Override
    public void connectFailed(
            Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol, IOException e) {
        count.incrementAndGet();
    }
}
