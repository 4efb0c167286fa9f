package dev.weft.quickstart.shop;

import retrofit2.Call;
import retrofit2.http.GET;
import retrofit2.http.Path;

/** The pricing service. */
public interface PricingApi {
    @GET("prices/{item}")
    Call<Price> price(@Path("item") String item);
}
