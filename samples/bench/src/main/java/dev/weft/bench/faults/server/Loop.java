package dev.weft.bench.faults.server;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * The one thread on which all replicas of a process read, work and answer. By epoll where there is such a thing: its timer
 * is finer than the millisecond of NIO's.
 */
record Loop(EventLoopGroup group, Class<? extends ServerChannel> serverChannel) {
    static Loop start() {
        boolean epoll = Epoll.isAvailable();
        return new Loop(
                new MultiThreadIoEventLoopGroup(1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory()),
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class);
    }
}
