package dev.weft.bench.faults.server;

import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFutureListener;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.FullHttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderValues;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpObject;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpResponseStatus;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpUtil;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpVersion;
import io.grpc.netty.shaded.io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One connection: one request after the other, each answered with 128 bytes. */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final byte[] BODY = "x".repeat(128).getBytes(StandardCharsets.US_ASCII);

    private static final String HEALTH = "/health";

    private final HttpFront front;
    private final Replica replica;
    private @Nullable Channel channel;
    private boolean keep = true;
    private boolean check;
    private boolean busy;

    HttpConnection(HttpFront front, Replica replica) {
        this.front = front;
        this.replica = replica;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        front.connections().add(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        front.connections().remove(this);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (part instanceof HttpRequest request) {
            keep = HttpUtil.isKeepAlive(request);
            check = request.uri().equals(HEALTH);
            busy = true;
        }
        if (part instanceof LastHttpContent) {
            replica.arrive(new Request(context.channel(), check));
        }
    }

    /** A connection that breaks is no news here. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var unused = context.close();
    }

    void cut() {
        Channel open = channel;
        if (open != null) {
            var unused = open.close().syncUninterruptibly();
        }
    }

    void closeIfIdle() {
        Channel open = channel;
        if (open != null) {
            open.eventLoop().execute(() -> {
                if (!busy) {
                    var unused = open.close();
                }
            });
        }
    }

    private final class Request implements Asked {
        private final Channel from;
        private final boolean check;

        Request(Channel from, boolean check) {
            this.from = from;
            this.check = check;
        }

        @Override
        public boolean check() {
            return check;
        }

        @Override
        public void answer(int status) {
            busy = false;
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(BODY));
            response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, BODY.length);
            boolean last = front.draining() || !keep;
            if (last) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
            var written = from.writeAndFlush(response);
            if (last) {
                var unused = written.addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public boolean wanted() {
            return from.isActive();
        }
    }
}
