package dev.weft.grpc;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Speaks as much HTTP/2 as a test needs to misbehave on. */
final class Http2Server implements AutoCloseable {
    static final int RST_STREAM = 3;
    static final int GOAWAY = 7;
    static final int NO_ERROR = 0;
    static final int INTERNAL_ERROR = 2;
    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int SETTINGS = 4;
    private static final short MAX_STREAMS = 3;
    private static final int PING = 6;
    private static final int ACK = 1;
    private static final int PREFACE = 24;

    private final Acceptor acceptor;
    private final Answer answer;
    /** Requests that came here. */
    final AtomicInteger asked = new AtomicInteger();

    Http2Server(Answer answer) {
        this.answer = answer;
        this.acceptor = new Acceptor(this::serve);
    }

    String address() {
        return acceptor.address();
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            Connection connection = new Connection(socket, new DataOutputStream(socket.getOutputStream()));
            in.readFully(new byte[PREFACE]);
            connection.frame(SETTINGS, 0, 0, new byte[0]);
            while (true) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = new byte[length];
                in.readFully(payload);
                if ((type == SETTINGS || type == PING) && flags != ACK) {
                    connection.frame(type, ACK, 0, type == PING ? payload : new byte[0]);
                } else if (type == HEADERS) {
                    asked.incrementAndGet();
                    answer.to(connection, stream);
                }
            }
        }
    }

    @Override
    public void close() {
        acceptor.close();
    }

    /** What is done with each request when its headers came. */
    interface Answer {
        void to(Connection connection, int stream) throws IOException;
    }

    record Connection(Socket socket, DataOutputStream out) {
        void frame(int type, int flags, int stream, byte[] payload) throws IOException {
            out.writeShort(payload.length >>> 8);
            out.writeByte(payload.length);
            out.writeByte(type);
            out.writeByte(flags);
            out.writeInt(stream);
            out.write(payload);
            out.flush();
        }

        void reset(int stream, int error) throws IOException {
            frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(error).array());
        }

        void goAway(int lastStream, int error) throws IOException {
            frame(
                    GOAWAY,
                    0,
                    0,
                    ByteBuffer.allocate(8).putInt(lastStream).putInt(error).array());
        }

        /** Bounds how many streams the client may have open from now on. */
        void maxStreams(int most) throws IOException {
            frame(
                    SETTINGS,
                    0,
                    0,
                    ByteBuffer.allocate(6).putShort(MAX_STREAMS).putInt(most).array());
        }

        /** {@code :status: 200}, {@code content-type: application/grpc}, and the stream stays open. */
        void headers(int stream) throws IOException {
            fields(stream, false, ":status", "200", "content-type", "application/grpc");
        }

        /** Names and values, as they are; with {@code last} the stream ends. */
        void fields(int stream, boolean last, String... fields) throws IOException {
            ByteBuffer block = ByteBuffer.allocate(1024);
            for (int i = 0; i < fields.length; i += 2) {
                // A literal without indexing, neither name nor value coded.
                block.put((byte) 0);
                for (String word : List.of(fields[i], fields[i + 1])) {
                    byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
                    block.put((byte) bytes.length).put(bytes);
                }
            }
            byte[] payload = new byte[block.position()];
            block.flip().get(payload);
            frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, payload);
        }

        /** One empty message, and OK. */
        void answer(int stream) throws IOException {
            headers(stream);
            data(stream, false, new byte[5]);
            fields(stream, true, "grpc-status", "0");
        }

        void data(int stream, boolean last, byte... bytes) throws IOException {
            frame(DATA, last ? END_STREAM : 0, stream, bytes);
        }
    }
}
