package dev.weft.storefront;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.storefront.InventoryApi.Booking;
import dev.weft.storefront.InventoryApi.Stock;
import dev.weft.storefront.PricingApi.Price;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import retrofit2.Response;

/** {@code GET /items/ID} shows an item, {@code POST /items/ID/bookings} books some of it. Thread-safe. */
final class Items implements HttpHandler {
    private static final Logger log = LoggerFactory.getLogger(Items.class);
    private static final ObjectMapper json = new ObjectMapper();

    private final InventoryApi inventory;
    private final PricingApi pricing;

    Items(InventoryApi inventory, PricingApi pricing) {
        this.inventory = inventory;
        this.pricing = pricing;
    }

    /** What visitors see of an item; without a price while there is none to be had. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Item(String id, int left, @Nullable Integer cents) {}

    /** An answer that is no item. */
    record Problem(String problem) {}

    private record Answer(int status, Object body) {}

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            byte[] body = json.writeValueAsBytes(answer.body);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Answer answer(HttpExchange exchange) {
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        try {
            if (path.length == 3 && exchange.getRequestMethod().equals("GET")) {
                return show(path[2]);
            }
            if (path.length == 4
                    && path[3].equals("bookings")
                    && exchange.getRequestMethod().equals("POST")) {
                return book(path[2], json.readValue(exchange.getRequestBody(), Booking.class));
            }
            return new Answer(404, new Problem("there is GET /items/ID and POST /items/ID/bookings"));
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            return new Answer(400, new Problem("expected {\"number\": \"...\", \"quantity\": 1}"));
        } catch (IOException e) {
            log.warn("{} {}: {}", exchange.getRequestMethod(), exchange.getRequestURI(), e.toString());
            boolean late = e instanceof MeshException mesh && mesh.fate() == Fate.FAILED_DEADLINE;
            return new Answer(late ? 504 : 503, new Problem("inventory cannot be reached just now"));
        }
    }

    private Answer show(String id) throws IOException {
        CompletableFuture<Price> price = pricing.price(id);
        try {
            Response<Stock> stock = inventory.stock(id).execute();
            Stock body = stock.body();
            return body == null ? refused(stock) : new Answer(200, new Item(body.id(), body.left(), cents(price)));
        } finally {
            price.cancel(true); // where nobody waits for it any more
        }
    }

    /** Waits no longer than the deadline of the call. */
    private static @Nullable Integer cents(CompletableFuture<Price> price) {
        try {
            return price.join().cents();
        } catch (CompletionException e) {
            log.info("shown without a price: {}", String.valueOf(e.getCause()));
            return null;
        }
    }

    private Answer book(String id, Booking booking) throws IOException {
        Response<Stock> stock = inventory.book(id, booking).execute();
        Stock body = stock.body();
        return body == null ? refused(stock) : new Answer(201, body);
    }

    /** What inventory says of the request is passed on; its own troubles are not the caller's. */
    private static Answer refused(Response<?> response) {
        return new Answer(
                response.code() < 500 ? response.code() : 503, new Problem("inventory answered " + response.code()));
    }
}
