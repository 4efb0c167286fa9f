package dev.weft.endpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code xds.data.orca.v3.OrcaLoadReport} off the wire: a handful of doubles and two maps, for which a protobuf
 * runtime would be too heavy a companion.
 */
final class OrcaMessage {
    private static final int MAX_BYTES = 16 * 1024;

    private static final int CPU = 1;
    private static final int RPS_FRACTIONAL = 6;
    private static final int EPS = 7;
    private static final int UTILIZATION = 5;
    private static final int NAMED_METRICS = 8;
    private static final int APPLICATION = 9;

    private final ByteBuffer bytes;
    private final OrcaFields fields = new OrcaFields();

    OrcaMessage(byte[] message) {
        this.bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Null for what is no such message, and for what is too large for one. */
    @Nullable
    LoadReport read() {
        if (bytes.remaining() > MAX_BYTES) {
            return null;
        }
        try {
            while (bytes.hasRemaining()) {
                field();
            }
            return fields.report();
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
    }

    private void field() {
        long tag = ProtoBytes.varint(bytes);
        int number = (int) (tag >>> 3);
        switch ((int) tag & 7) {
            case ProtoBytes.FIXED64 -> number(number, bytes.getDouble());
            case ProtoBytes.LENGTH -> {
                int end = ProtoBytes.end(bytes);
                if (number == UTILIZATION) {
                    entry("utilization.", end);
                } else if (number == NAMED_METRICS) {
                    entry("named_metrics.", end);
                }
                bytes.position(end);
            }
            case ProtoBytes.VARINT -> ProtoBytes.varint(bytes);
            case ProtoBytes.FIXED32 -> bytes.getInt();
            default -> throw new IllegalArgumentException("no such wire type");
        }
    }

    private void number(int number, double value) {
        switch (number) {
            case CPU -> fields.put("cpu_utilization", value);
            case RPS_FRACTIONAL -> fields.put("rps_fractional", value);
            case EPS -> fields.put("eps", value);
            case APPLICATION -> fields.put("application_utilization", value);
            default -> {} // memory, and what later versions add
        }
    }

    /** An entry of a map: the key is field 1, the value field 2. */
    private void entry(String prefix, int end) {
        String key = "";
        double value = 0;
        while (bytes.position() < end) {
            long tag = ProtoBytes.varint(bytes);
            if (tag == (1 << 3 | ProtoBytes.LENGTH)) {
                byte[] name = new byte[ProtoBytes.end(bytes) - bytes.position()];
                bytes.get(name);
                key = new String(name, StandardCharsets.UTF_8);
            } else if (tag == (2 << 3 | ProtoBytes.FIXED64)) {
                value = bytes.getDouble();
            } else {
                throw new IllegalArgumentException("no entry of a map");
            }
        }
        fields.put(prefix + key, value);
    }
}
