package dev.weft.bench.faults.peers;

import com.twitter.finagle.Http;
import com.twitter.finagle.Service;
import com.twitter.finagle.http.Method;
import com.twitter.finagle.http.Request;
import com.twitter.finagle.http.Response;
import com.twitter.util.Duration;
import com.twitter.util.Try;
import dev.weft.call.Criticality;
import java.util.stream.Collectors;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Finagle's HTTP client with its defaults (P2C by least loaded, failure accrual, fail fast, retry budget) and a method that
 * is declared idempotent at 1 % of extra load: retries of 5xx and a backup request; an attempt gets 400 ms.
 */
final class Finagle implements Peer {
    private static final double EXTRA_LOAD = 0.01;
    private static final long ATTEMPT_MILLIS = 400;

    private final Service<Request, Response> service;

    Finagle(Around around) {
        String name = around.callable().stream()
                .map(port -> Around.HOST + ':' + port)
                .collect(Collectors.joining(",", "inet!", ""));
        service = Http.client()
                .methodBuilder(name)
                .withTimeoutTotal(Duration.fromMilliseconds(around.deadline().toMillis()))
                .withTimeoutPerRequest(Duration.fromMilliseconds(ATTEMPT_MILLIS))
                .idempotent(EXTRA_LOAD)
                .newService("stock");
    }

    @Override
    public void call(Criticality level, Done done) {
        Request request = Request.apply(Method.Get(), "/stock/7");
        request.host("inventory");
        service.apply(request).respond(new Telling(done));
    }

    @Override
    public void close() {
        service.close();
    }

    private static final class Telling extends AbstractFunction1<Try<Response>, BoxedUnit> {
        private final Done done;

        Telling(Done done) {
            this.done = done;
        }

        @Override
        public BoxedUnit apply(Try<Response> result) {
            boolean well = result.isReturn() && result.get().statusCode() < 400;
            done.done(well ? Ending.OK : Ending.FAILED);
            return BoxedUnit.UNIT;
        }
    }
}
