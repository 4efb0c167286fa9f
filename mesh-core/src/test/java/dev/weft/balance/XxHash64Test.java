package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Allocation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class XxHash64Test {
    /** The specification read anew, over bytes, so that neither copy hides a slip of the other. */
    private static long reference(byte[] bytes, long seed) {
        long p1 = 0x9E3779B185EBCA87L;
        long p2 = 0xC2B2AE3D27D4EB4FL;
        long p3 = 0x165667B19E3779F9L;
        long p4 = 0x85EBCA77C2B2AE63L;
        long p5 = 0x27D4EB2F165667C5L;
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long hash = seed + p5;
        if (bytes.length >= 32) {
            long[] lanes = {seed + p1 + p2, seed + p2, seed, seed - p1};
            while (in.remaining() >= 32) {
                for (int i = 0; i < 4; i++) {
                    lanes[i] = Long.rotateLeft(lanes[i] + in.getLong() * p2, 31) * p1;
                }
            }
            hash = Long.rotateLeft(lanes[0], 1)
                    + Long.rotateLeft(lanes[1], 7)
                    + Long.rotateLeft(lanes[2], 12)
                    + Long.rotateLeft(lanes[3], 18);
            for (long lane : lanes) {
                hash = (hash ^ Long.rotateLeft(lane * p2, 31) * p1) * p1 + p4;
            }
        }
        hash += bytes.length;
        while (in.remaining() >= 8) {
            hash = Long.rotateLeft(hash ^ Long.rotateLeft(in.getLong() * p2, 31) * p1, 27) * p1 + p4;
        }
        if (in.remaining() >= 4) {
            hash = Long.rotateLeft(hash ^ (in.getInt() & 0xFFFFFFFFL) * p1, 23) * p2 + p3;
        }
        while (in.hasRemaining()) {
            hash = Long.rotateLeft(hash ^ (in.get() & 0xFF) * p5, 11) * p1;
        }
        hash = (hash ^ hash >>> 33) * p2;
        hash = (hash ^ hash >>> 29) * p3;
        return hash ^ hash >>> 32;
    }

    @Test
    void theReferenceGivesThePublishedValues() {
        assertThat(reference(new byte[0], 0)).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(reference("abc".getBytes(StandardCharsets.UTF_8), 0)).isEqualTo(0x44BC2CF5AD770999L);
        assertThat(reference("Nobody inspects the spammish repetition".getBytes(StandardCharsets.UTF_8), 0))
                .isEqualTo(0xFBCEA83C8A378BF1L);
    }

    @Test
    void textOfAnyLengthIsHashedAsItsBytesAre() {
        Random random = new Random(1);
        for (int length = 0; length < 100; length++) {
            StringBuilder text = new StringBuilder();
            random.ints(length, 0, 0x10000).forEach(unit -> text.append((char) unit));
            long seed = random.nextLong();
            assertThat(XxHash64.of(text, seed)).as("length %d", length).isEqualTo(reference(bytes(text), seed));
        }
    }

    private static byte[] bytes(CharSequence text) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * text.length()).order(ByteOrder.LITTLE_ENDIAN);
        IntStream.range(0, text.length()).forEach(i -> bytes.putChar(text.charAt(i)));
        return bytes.array();
    }

    @Test
    void aKeyOfAMegabyteIsHashedWhereItLies() {
        String large = "x".repeat(1 << 20);
        assertThat(Allocation.bytesEach(5, () -> XxHash64.of(large, 0))).isLessThan(1_000);
    }

    @Test
    void aMegabyteIsHashedWhereItLies() {
        String megabyte = "x".repeat(1_000_000);
        assertThat(XxHash64.of(megabyte + "y", 0)).isNotEqualTo(XxHash64.of(megabyte, 0));
        assertThat(Allocation.bytesEach(100, () -> XxHash64.of(megabyte, 0))).isLessThan(1);
    }
}
