package dev.weft.storefront;

import dev.weft.annotation.Critical;
import dev.weft.annotation.ServiceName;
import dev.weft.annotation.Timeout;
import dev.weft.call.Criticality;
import java.util.concurrent.CompletableFuture;
import retrofit2.http.GET;
import retrofit2.http.Path;

/** What we ask of pricing. A page without a price is better than none, so these calls may be shed first. */
@ServiceName("pricing")
@Timeout("300ms")
@Critical(Criticality.SHEDDABLE)
interface PricingApi {
    @GET("prices/{id}")
    CompletableFuture<Price> price(@Path("id") String id);

    /** What an item costs. */
    record Price(String id, int cents) {}
}
