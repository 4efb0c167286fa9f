package dev.weft.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** A name server on real sockets, UDP and TCP on one port, that says whatever a test has it say. */
final class FakeNameServer implements AutoCloseable {
    /** A question as it came in. */
    record Asked(Message message, boolean tcp) {
        Name name() {
            return message.getQuestion().getName();
        }

        int type() {
            return message.getQuestion().getType();
        }

        boolean edns() {
            return message.getOPT() != null;
        }

        @Override
        public String toString() {
            return name() + " " + Type.string(type()) + (tcp ? " tcp" : "");
        }
    }

    final Zone zone = new Zone();
    final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private volatile Function<Asked, List<byte[]>> script =
            question -> List.of(zone.answer(question).toWire());

    /** Whether it answers from a port of its own in place of the one that was asked. */
    private volatile boolean elsewhere;

    private FakeNameServer(DatagramSocket udp, ServerSocket tcp) {
        this.udp = udp;
        this.tcp = tcp;
    }

    static FakeNameServer start() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        for (int attempt = 0; ; attempt++) {
            try {
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, 0));
                try {
                    ServerSocket tcp = new ServerSocket(udp.getLocalPort(), 50, loopback);
                    FakeNameServer server = new FakeNameServer(udp, tcp);
                    server.serve("udp", server::datagrams);
                    server.serve("tcp", server::connections);
                    return server;
                } catch (IOException e) {
                    udp.close();
                    if (attempt == 20) {
                        throw e;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    String address() {
        return "127.0.0.1:" + udp.getLocalPort();
    }

    /** From now on answers as told: any number of messages, which need not be any; none is silence. */
    void answers(Function<Asked, List<byte[]>> script) {
        this.script = script;
    }

    /** From now on changes what its zone says. */
    void changes(Function<Message, Message> change) {
        answers(question -> List.of(change.apply(zone.answer(question)).toWire()));
    }

    void answersFromAnotherPort() {
        elsewhere = true;
    }

    void isSilent() {
        answers(question -> List.of());
    }

    void isWell() {
        answers(question -> List.of(zone.answer(question).toWire()));
    }

    /** What was asked so far, in words. */
    List<String> questions() {
        return asked.stream().map(Asked::toString).toList();
    }

    private interface Body {
        void run() throws IOException;
    }

    private void serve(String name, Body body) {
        Thread thread = new Thread(
                () -> {
                    try {
                        body.run();
                    } catch (IOException e) {
                        // Closed, or the client is gone.
                    }
                },
                "fake-dns-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void datagrams() throws IOException {
        while (true) {
            DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
            udp.receive(packet);
            byte[] question = Arrays.copyOf(packet.getData(), packet.getLength());
            for (byte[] answer : answer(question, false)) {
                send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        }
    }

    private void send(DatagramPacket answer) throws IOException {
        if (elsewhere) {
            try (DatagramSocket other = new DatagramSocket()) {
                other.send(answer);
            }
        } else {
            udp.send(answer);
        }
    }

    private void connections() throws IOException {
        while (true) {
            Socket client = tcp.accept();
            serve("tcp-client", () -> {
                try (client) {
                    DataInputStream in = new DataInputStream(client.getInputStream());
                    DataOutputStream out = new DataOutputStream(client.getOutputStream());
                    while (true) {
                        byte[] question = in.readNBytes(in.readUnsignedShort());
                        for (byte[] answer : answer(question, true)) {
                            out.writeShort(answer.length);
                            out.write(answer);
                            out.flush();
                        }
                    }
                } catch (EOFException e) {
                    // It has asked all it wanted.
                }
            });
        }
    }

    private List<byte[]> answer(byte[] question, boolean overTcp) throws IOException {
        Asked one = new Asked(new Message(question), overTcp);
        asked.add(one);
        return script.apply(one);
    }

    /** The name of a record in a test, complete. */
    static Name name(String text) {
        return Name.fromConstantString(text);
    }

    static Record record(String line) {
        return Zone.record(line);
    }

    @Override
    public void close() {
        udp.close();
        try {
            tcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
