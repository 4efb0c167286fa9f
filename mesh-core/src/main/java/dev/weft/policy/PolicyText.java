package dev.weft.policy;

import java.util.Arrays;

/**
 * Policy text as a source brought it, not yet looked at.
 *
 * @param source the source's name, for messages
 * @param bytes UTF-8 is expected, not trusted; treat as immutable
 * @param index the source's own version number: Consul's ModifyIndex, 0 where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // equality by content is given below; copying 512 KiB per look is not wanted
public record PolicyText(String source, byte[] bytes, long index) {
    @Override
    public boolean equals(Object other) {
        return other instanceof PolicyText that
                && source.equals(that.source)
                && index == that.index
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return source + " (" + bytes.length + " bytes, index " + index + ")";
    }
}
