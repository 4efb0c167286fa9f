package dev.weft.http.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

class SpringTest {
    interface InventoryApi {
        @GetExchange("/items/{id}")
        String stock(@PathVariable("id") String id);

        @PostExchange("/bookings")
        String book(@RequestBody String wish);
    }

    @SuppressWarnings("removal") // Spring 6's own bridge; it has none from 7 on
    private static ClientHttpRequestFactory requests(Shop shop, boolean springs) {
        return springs
                ? new org.springframework.http.client.OkHttp3ClientHttpRequestFactory(shop.client())
                : new MeshRequests(shop.http.callFactory());
    }

    private static RestClient client(Shop shop, boolean springs) {
        return RestClient.builder()
                .requestFactory(requests(shop, springs))
                .baseUrl("http://inventory")
                .build();
    }

    @ParameterizedTest(name = "Spring''s own bridge: {0}")
    @ValueSource(booleans = {true, false})
    void restClientGoesThroughTheMesh(boolean springs) throws Exception {
        try (Shop shop = new Shop().answer(503, "not now").answer(200, "42")) {
            assertThat(client(shop, springs)
                            .get()
                            .uri("/items/{id}", "7")
                            .retrieve()
                            .body(String.class))
                    .isEqualTo("42");
            assertThat(shop.inventory.takeRequest().getTarget()).isEqualTo("/items/7");
        }
    }

    @ParameterizedTest(name = "Spring''s own bridge: {0}")
    @ValueSource(booleans = {true, false})
    void httpInterfacesGoThroughTheMesh(boolean springs) throws Exception {
        try (Shop shop = new Shop().answer(503, "not now").answer(200, "42").answer(503, "not now")) {
            InventoryApi api = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client(shop, springs)))
                    .build()
                    .createClient(InventoryApi.class);
            assertThat(api.stock("7")).isEqualTo("42");
            assertThatThrownBy(() -> api.book("{}")).isInstanceOf(HttpServerErrorException.ServiceUnavailable.class);
            assertThat(shop.inventory.getRequestCount()).isEqualTo(3);
        }
    }
}
