package dev.weft.quickstart.shop;

import dev.weft.http.MeshHttp;
import java.io.IOException;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.converter.jackson.JacksonConverterFactory;

/** The caller: asks two services for what it needs to show an item. Thread-safe. */
public final class Storefront {
    private final InventoryApi inventory;
    private final PricingApi pricing;

    public Storefront(MeshHttp http) {
        this.inventory = client(http, "http://inventory/", InventoryApi.class);
        this.pricing = client(http, "http://pricing/", PricingApi.class);
    }

    /** @param url its host is the name of the service */
    private static <T> T client(MeshHttp http, String url, Class<T> api) {
        return new Retrofit.Builder()
                .baseUrl(url)
                .callFactory(http.callFactory(api))
                .addConverterFactory(JacksonConverterFactory.create())
                .build()
                .create(api);
    }

    public Response<Stock> stock(String item) throws IOException {
        return inventory.stock(item).execute();
    }

    public Response<Price> price(String item) throws IOException {
        return pricing.price(item).execute();
    }
}
