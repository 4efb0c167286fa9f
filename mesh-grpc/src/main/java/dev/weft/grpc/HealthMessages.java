package dev.weft.grpc;

import dev.weft.endpoint.ProtoBytes;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status.Code;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The two messages of {@code grpc.health.v1}, of one field each, by hand: generated ones would bring a protobuf runtime to
 * every user, of a version that he may not want.
 */
final class HealthMessages {
    static final MethodDescriptor<String, Status> WATCH = MethodDescriptor.<String, Status>newBuilder()
            .setType(MethodType.SERVER_STREAMING)
            .setFullMethodName("grpc.health.v1.Health/Watch")
            .setRequestMarshaller(new Request())
            .setResponseMarshaller(new Response())
            .build();

    static final MethodDescriptor<String, Status> CHECK = WATCH.toBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .build();

    private static final int SERVICE_TAG = 1 << 3 | ProtoBytes.LENGTH;
    private static final int STATUS_TAG = 1 << 3 | ProtoBytes.VARINT;
    /** Of an answer: what comes after that is not read. */
    private static final int MAX_BYTES = 16 * 1024;

    private HealthMessages() {}

    /** How a service is, by its number in the proto. */
    enum Status {
        UNKNOWN,
        SERVING,
        NOT_SERVING,
        SERVICE_UNKNOWN;

        private static final Status[] ALL = values();

        /** What a later version may know is unknown to this one. */
        static Status of(long number) {
            return number >= 0 && number < ALL.length ? ALL[(int) number] : UNKNOWN;
        }
    }

    /** {@code HealthCheckRequest}: the name of the service asked about. */
    private static final class Request implements Marshaller<String> {
        @Override
        public InputStream stream(String service) {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            byte[] name = service.getBytes(StandardCharsets.UTF_8);
            if (name.length > 0) {
                message.write(SERVICE_TAG);
                int rest = name.length;
                for (; rest > 0x7F; rest >>>= 7) {
                    message.write((rest & 0x7F) | 0x80);
                }
                message.write(rest);
                message.writeBytes(name);
            }
            return new ByteArrayInputStream(message.toByteArray());
        }

        @Override
        public String parse(InputStream stream) {
            throw new UnsupportedOperationException("only servers read it");
        }
    }

    /** {@code HealthCheckResponse}: a status, which is 0 where it is left out. */
    private static final class Response implements Marshaller<Status> {
        @Override
        public InputStream stream(Status value) {
            throw new UnsupportedOperationException("only servers write it");
        }

        @Override
        public Status parse(InputStream stream) {
            try {
                return Status.of(status(ByteBuffer.wrap(stream.readNBytes(MAX_BYTES))));
            } catch (IOException | BufferUnderflowException | IllegalArgumentException e) {
                throw Code.INTERNAL
                        .toStatus()
                        .withDescription("no HealthCheckResponse")
                        .withCause(e)
                        .asRuntimeException();
            }
        }

        /** Of several the last counts, and fields that a later version may know are passed over. */
        private static long status(ByteBuffer message) {
            long status = 0;
            while (message.hasRemaining()) {
                long tag = ProtoBytes.varint(message);
                switch ((int) tag & 7) {
                    case ProtoBytes.VARINT -> {
                        long value = ProtoBytes.varint(message);
                        status = tag == STATUS_TAG ? value : status;
                    }
                    case ProtoBytes.FIXED64 -> message.getLong();
                    case ProtoBytes.LENGTH -> message.position(ProtoBytes.end(message));
                    case ProtoBytes.FIXED32 -> message.getInt();
                    default -> throw new IllegalArgumentException("no such wire type");
                }
            }
            return status;
        }
    }
}
