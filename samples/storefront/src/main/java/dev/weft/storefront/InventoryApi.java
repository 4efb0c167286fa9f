package dev.weft.storefront;

import dev.weft.annotation.Idempotent;
import dev.weft.annotation.PerTry;
import dev.weft.annotation.ServiceName;
import dev.weft.annotation.Timeout;
import retrofit2.Call;
import retrofit2.http.Body;
import retrofit2.http.GET;
import retrofit2.http.POST;
import retrofit2.http.Path;

/** What we ask of the inventory. The annotations are our advice; the policy has the last word. */
@ServiceName("inventory")
@Timeout("1s")
interface InventoryApi {
    @GET("items/{id}")
    @PerTry("400ms")
    Call<Stock> stock(@Path("id") String id);

    /** May be sent twice: inventory knows a booking that it has seen by its number. */
    @POST("items/{id}/bookings")
    @Idempotent
    Call<Stock> book(@Path("id") String id, @Body Booking booking);

    /** How much is left of an item. */
    record Stock(String id, int left) {}

    /** A wish for some of an item. */
    record Booking(String number, int quantity) {}
}
