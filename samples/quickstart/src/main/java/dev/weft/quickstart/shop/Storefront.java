package dev.weft.quickstart.shop;

import java.io.IOException;
import okhttp3.Call;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.converter.jackson.JacksonConverterFactory;

/** The caller: asks two services for what it needs to show an item. Thread-safe. */
public final class Storefront {
    private final InventoryApi inventory;
    private final PricingApi pricing;

    /** @param mesh sends the calls; the host in the address is the name of a service */
    public Storefront(Call.Factory mesh) {
        Retrofit.Builder retrofit =
                new Retrofit.Builder().callFactory(mesh).addConverterFactory(JacksonConverterFactory.create());
        this.inventory = retrofit.baseUrl("http://inventory/").build().create(InventoryApi.class);
        this.pricing = retrofit.baseUrl("http://pricing/").build().create(PricingApi.class);
    }

    public Response<Stock> stock(String item) throws IOException {
        return inventory.stock(item).execute();
    }

    public Response<Price> price(String item) throws IOException {
        return pricing.price(item).execute();
    }
}
