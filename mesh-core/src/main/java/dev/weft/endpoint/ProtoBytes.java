package dev.weft.endpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** As much of protobuf's wire format as it takes to read a message by hand. */
public final class ProtoBytes {
    // Wire types: the lowest three bits of a tag.

    public static final int VARINT = 0;
    public static final int FIXED64 = 1;
    public static final int LENGTH = 2;
    public static final int FIXED32 = 5;

    private ProtoBytes() {}

    /**
     * The number that comes next.
     *
     * @throws BufferUnderflowException where the message breaks off
     * @throws IllegalArgumentException where it is longer than a number can be
     */
    public static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = message.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("too long a number");
    }

    /**
     * Where the thing ends whose length comes next.
     *
     * @throws BufferUnderflowException where that is beyond the message
     */
    public static int end(ByteBuffer message) {
        long length = varint(message);
        if (length < 0 || length > message.remaining()) {
            throw new BufferUnderflowException();
        }
        return message.position() + (int) length;
    }
}
