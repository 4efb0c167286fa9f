package dev.weft.http.server;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;

/** Tells when a request that is handled asynchronously has come to its end, however often it was dispatched. */
final class WhenOver implements AsyncListener {
    private final Arrival arrival;

    WhenOver(Arrival arrival) {
        this.arrival = arrival;
    }

    @Override
    public void onComplete(AsyncEvent event) {
        if (event.getSuppliedResponse() instanceof HttpServletResponse answer) {
            arrival.answered(answer.getStatus());
        } else {
            arrival.ended();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        arrival.ended();
    }

    @Override
    public void onError(AsyncEvent event) {
        arrival.ended();
    }

    /** A container forgets who listens when it is begun anew. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
