package dev.weft.quickstart.shop;

import retrofit2.Call;
import retrofit2.http.GET;
import retrofit2.http.Path;

/** The inventory service, as any Retrofit interface. */
public interface InventoryApi {
    @GET("stock/{item}")
    Call<Stock> stock(@Path("item") String item);
}
