package dev.weft.http.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.annotation.Attempts;
import dev.weft.annotation.DeclarationRefused;
import dev.weft.annotation.Idempotent;
import dev.weft.annotation.ServiceName;
import dev.weft.annotation.Timeout;
import dev.weft.call.TimeoutHeader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.RequestBody;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.POST;
import retrofit2.http.Path;

class RetrofitTest {
    @ServiceName("inventory")
    @Timeout("20s")
    interface InventoryApi {
        @GET("items/{id}")
        retrofit2.Call<ResponseBody> stock(@Path("id") String id);

        @GET("items/{id}")
        @Timeout("5s")
        CompletableFuture<ResponseBody> stockLater(@Path("id") String id);

        @POST("bookings")
        @Idempotent
        @Attempts(2)
        retrofit2.Call<ResponseBody> book(@Body RequestBody wish);

        @POST("bookings")
        retrofit2.Call<ResponseBody> bookOnce(@Body RequestBody wish);
    }

    interface Nameless {
        @GET("/")
        @Timeout("soon")
        retrofit2.Call<ResponseBody> stock();
    }

    private static InventoryApi api(Call.Factory calls, String host) {
        return new Retrofit.Builder()
                .baseUrl("http://" + host + "/")
                .callFactory(calls)
                .build()
                .create(InventoryApi.class);
    }

    private static long toldNanos(Shop shop) throws InterruptedException {
        return TimeoutHeader.parse(shop.inventory.takeRequest().getHeaders().get("Grpc-Timeout"));
    }

    @Test
    void retrofitGoesThroughTheMeshAsItIs() throws Exception {
        try (Shop shop = new Shop().answer(503, "not now").answer(200, "42")) {
            Response<ResponseBody> response =
                    api(shop.http.callFactory(), "inventory").stock("7").execute();
            ResponseBody body = response.body();
            assertThat(body == null ? null : body.string()).isEqualTo("42");
            assertThat(shop.inventory.takeRequest().getTarget()).isEqualTo("/items/7");
        }
    }

    @Test
    void futuresGoThroughTheMesh() throws Exception {
        try (Shop shop = new Shop().answer(503, "not now").answer(200, "42")) {
            ResponseBody body =
                    api(shop.http.callFactory(), "inventory").stockLater("7").get(30, TimeUnit.SECONDS);
            assertThat(body.string()).isEqualTo("42");
        }
    }

    @Test
    void annotationsOfTheMethodHoldAndNameTheServiceWhateverTheUrlSays() throws Exception {
        try (Shop shop = new Shop().answer(200, "42").answer(200, "43")) {
            InventoryApi api = api(shop.http.callFactory(InventoryApi.class), "stock.shop.example");
            api.stock("7").execute();
            assertThat(toldNanos(shop)).isEqualTo(Duration.ofSeconds(20).toNanos());
            api.stockLater("7").get(30, TimeUnit.SECONDS).close();
            assertThat(toldNanos(shop)).isEqualTo(Duration.ofSeconds(5).toNanos());
        }
    }

    @Test
    void whatIsDeclaredIdempotentIsTriedAgainAndNothingElse() throws Exception {
        try (Shop shop = new Shop().answer(503, "not now").answer(200, "booked").answer(503, "not now")) {
            InventoryApi api = api(shop.http.callFactory(InventoryApi.class), "inventory");
            RequestBody wish = RequestBody.create("{}", null);
            assertThat(api.book(wish).execute().code()).isEqualTo(200);
            assertThat(api.bookOnce(wish).execute().code()).isEqualTo(503);
            assertThat(shop.inventory.getRequestCount()).isEqualTo(3);
        }
    }

    @Test
    void applicationValuesOverrideAnnotations() throws Exception {
        try (Shop shop = new Shop(Mesh.builder().set("deadline.total", "9s")).answer(200, "42")) {
            api(shop.http.callFactory(InventoryApi.class), "inventory")
                    .stock("7")
                    .execute();
            assertThat(toldNanos(shop)).isEqualTo(Duration.ofSeconds(9).toNanos());
        }
    }

    @Test
    void aBadInterfaceIsRefusedWithAllItsFaultsBeforeTheFirstCall() throws Exception {
        try (Shop shop = new Shop()) {
            assertThatThrownBy(() -> shop.http.callFactory(Nameless.class))
                    .isInstanceOf(DeclarationRefused.class)
                    .hasMessageContaining("@ServiceName")
                    .hasMessageContaining("soon");
        }
    }
}
