package dev.weft.quickstart.shop;

import dev.weft.annotation.ServiceName;
import dev.weft.annotation.Timeout;
import retrofit2.Call;
import retrofit2.http.GET;
import retrofit2.http.Path;

/**
 * The inventory service, as any Retrofit interface. What the developer knows of it stands in annotations; the policy has
 * the last word.
 */
@ServiceName("inventory")
public interface InventoryApi {
    @GET("stock/{item}")
    @Timeout("2s")
    Call<Stock> stock(@Path("item") String item);
}
