package dev.weft.http.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import feign.Feign;
import feign.FeignException;
import feign.Param;
import feign.RequestLine;
import feign.Retryer;
import feign.okhttp.OkHttpClient;
import org.junit.jupiter.api.Test;

class FeignTest {
    interface InventoryApi {
        @RequestLine("GET /items/{id}")
        String stock(@Param("id") String id);

        @RequestLine("POST /bookings")
        String book(String wish);
    }

    private static InventoryApi api(Shop shop) {
        return Feign.builder()
                .client(new OkHttpClient(shop.client()))
                .retryer(Retryer.NEVER_RETRY)
                .target(InventoryApi.class, "http://inventory");
    }

    @Test
    void feignGoesThroughTheMesh() throws Exception {
        try (Shop shop = new Shop().answer(503, "not now").answer(200, "42")) {
            assertThat(api(shop).stock("7")).isEqualTo("42");
            assertThat(shop.inventory.takeRequest().getTarget()).isEqualTo("/items/7");
            assertThat(shop.inventory.takeRequest().getHeaders().get("Mesh-Attempt"))
                    .isEqualTo("2;reason=unavailable");
        }
    }

    @Test
    void aPostIsSentOnce() throws Exception {
        try (Shop shop = new Shop().answer(503, "not now")) {
            InventoryApi api = api(shop);
            assertThatThrownBy(() -> api.book("{}")).isInstanceOf(FeignException.ServiceUnavailable.class);
            assertThat(shop.inventory.getRequestCount()).isEqualTo(1);
        }
    }
}
