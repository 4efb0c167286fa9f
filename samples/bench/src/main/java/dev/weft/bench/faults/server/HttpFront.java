package dev.weft.bench.faults.server;

import io.grpc.netty.shaded.io.netty.bootstrap.ServerBootstrap;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1. */
final class HttpFront implements Front {
    private static final int BACKLOG = 1024;

    private final InetSocketAddress address;
    private final ServerBootstrap bootstrap;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    private @Nullable Channel listener;

    HttpFront(InetSocketAddress address, Replica replica, Loop loop) {
        this.address = address;
        this.bootstrap = new ServerBootstrap()
                .group(loop.group())
                .channel(loop.serverChannel())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpConnection(HttpFront.this, replica));
                    }
                });
    }

    @Override
    public void open() throws IOException {
        draining = false;
        try {
            listener = bootstrap.bind(address).sync().channel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before it listened at " + address, e);
        }
    }

    @Override
    public void die() {
        stopListening();
        connections.forEach(HttpConnection::cut);
    }

    @Override
    public void drain() {
        draining = true;
        stopListening();
        connections.forEach(HttpConnection::closeIfIdle);
    }

    private void stopListening() {
        Channel open = listener;
        if (open != null) {
            listener = null;
            var unused = open.close().syncUninterruptibly();
        }
    }

    boolean draining() {
        return draining;
    }

    Set<HttpConnection> connections() {
        return connections;
    }
}
