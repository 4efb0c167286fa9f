package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Read as protobuf's own runtime writes and reads it. */
class HealthMessagesTest {
    private static HealthMessages.Status parsed(byte[] message) {
        return HealthMessages.WATCH.parseResponse(new ByteArrayInputStream(message));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNRECOGNIZED")
    void eachStatusIsRead(ServingStatus status) {
        byte[] message =
                HealthCheckResponse.newBuilder().setStatus(status).build().toByteArray();
        assertThat(parsed(message).name()).isEqualTo(status.name());
    }

    @Test
    void fieldsOfALaterVersionArePassedOverBeforeAndAfterTheStatus() {
        UnknownFieldSet later = UnknownFieldSet.newBuilder()
                .addField(
                        7,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(300)
                                .addFixed32(1)
                                .addFixed64(2)
                                .addLengthDelimited(com.google.protobuf.ByteString.copyFromUtf8("news"))
                                .build())
                .build();
        byte[] serving = {8, 1};
        byte[] unknown = later.toByteArray();
        byte[] message = new byte[2 * unknown.length + 2];
        System.arraycopy(unknown, 0, message, 0, unknown.length);
        System.arraycopy(serving, 0, message, unknown.length, 2);
        System.arraycopy(unknown, 0, message, unknown.length + 2, unknown.length);
        assertThat(parsed(message)).isEqualTo(HealthMessages.Status.SERVING);
    }

    @Test
    void aStatusOfALaterVersionIsUnknownToThisOne() {
        byte[] message =
                HealthCheckResponse.newBuilder().setStatusValue(300).build().toByteArray();
        assertThat(parsed(message)).isEqualTo(HealthMessages.Status.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x08", "0x3A 0x05 0x01", "0x0B", "0x0A 0xFF 0xFF 0xFF 0xFF 0x7F"})
    void whatIsNoSuchMessageIsRefused(String hex) {
        String[] words = hex.split(" ", -1);
        byte[] message = new byte[words.length];
        for (int i = 0; i < words.length; i++) {
            message[i] = (byte) Integer.decode(words[i]).intValue();
        }
        assertThatThrownBy(() -> parsed(message)).isInstanceOf(StatusRuntimeException.class);
    }
}
