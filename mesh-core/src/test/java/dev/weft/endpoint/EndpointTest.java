package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @Test
    void itsIdentityIsTheHostAndWhatIsConnectedToAreItsAddresses() {
        Endpoint host = Endpoint.of("a.test", 80);
        assertThat(host.targets()).containsExactly("a.test:80");
        Endpoint told = host.withAddresses(List.of("::1", "10.0.0.1"));
        assertThat(told.address()).isEqualTo("a.test:80");
        assertThat(told.targets()).containsExactly("[::1]:80", "10.0.0.1:80");
        assertThat(told.withWeight(7).addresses()).isEqualTo(told.addresses());
        assertThat(told).isNotEqualTo(host);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, true",
        "::1, true",
        "a.example.com, false",
        "a.example.com., false",
        "inventory., false",
        "v2, false",
        "a.v2, false",
    })
    void aNameIsNoAddressWithItsLastDotOrWithout(String host, boolean ip) {
        assertThat(Endpoint.isIp(host)).isEqualTo(ip);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Endpoint.MAX_WEIGHT + 1, Integer.MAX_VALUE})
    void aWeightThatIsNoneIsRefusedByName(int weight) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.of("a.test", 80).withWeight(weight))
                .withMessage("endpoint a.test:80: weight " + weight + " is not in 0..65535");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.test", "b.test.", "10.0.0.1.", "", " ", "1.2.3.x"})
    void anAddressThatIsNoneIsRefusedByName(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Endpoint.of("a.test", 80).withAddresses(List.of(address)))
                .withMessage("endpoint a.test:80: '" + address + "' is not an IP address");
    }
}
