package dev.weft.quickstart.shop;

import dev.weft.annotation.ServiceName;
import retrofit2.Call;
import retrofit2.http.GET;
import retrofit2.http.Path;

/** The pricing service. */
@ServiceName("pricing")
public interface PricingApi {
    @GET("prices/{item}")
    Call<Price> price(@Path("item") String item);
}
