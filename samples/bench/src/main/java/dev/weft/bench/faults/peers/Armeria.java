package dev.weft.bench.faults.peers;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.Endpoint;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.circuitbreaker.CircuitBreakerRule;
import com.linecorp.armeria.client.endpoint.EndpointGroup;
import com.linecorp.armeria.client.endpoint.EndpointSelectionStrategy;
import com.linecorp.armeria.client.endpoint.OutlierDetectingEndpointGroup;
import com.linecorp.armeria.client.retry.Backoff;
import com.linecorp.armeria.client.retry.RetryConfig;
import com.linecorp.armeria.client.retry.RetryRule;
import com.linecorp.armeria.client.retry.RetryingClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.SessionProtocol;
import dev.weft.call.Criticality;
import java.time.Duration;
import java.util.List;

/**
 * Armeria: round robin, outliers left out (half of 5 or more failed within 2 s, for a second), up to three attempts of
 * 400 ms with back-off. HTTP/1.1, as all here.
 */
final class Armeria implements Peer {
    private static final Duration ATTEMPT = Duration.ofMillis(400);

    private final ClientFactory factory = ClientFactory.builder().build();
    private final OutlierDetectingEndpointGroup endpoints;
    private final WebClient client;

    Armeria(Around around) {
        List<Endpoint> all = around.callable().stream()
                .map(port -> Endpoint.of(Around.HOST, port))
                .toList();
        endpoints = OutlierDetectingEndpointGroup.builder(EndpointGroup.of(EndpointSelectionStrategy.roundRobin(), all))
                .circuitBreakerRule(CircuitBreakerRule.builder()
                        .onServerErrorStatus()
                        .onException()
                        .thenFailure())
                .failureRateThreshold(0.5)
                .minimumRequestThreshold(5)
                .counterSlidingWindow(Duration.ofSeconds(2))
                .counterUpdateInterval(Duration.ofMillis(200))
                .circuitOpenWindow(Duration.ofSeconds(1))
                .trialRequestInterval(Duration.ofSeconds(1))
                .build();
        RetryConfig<HttpResponse> retries = RetryConfig.builder(RetryRule.builder()
                        .onServerErrorStatus()
                        .onException()
                        .thenBackoff(Backoff.exponential(20, 200).withJitter(0.5)))
                .maxTotalAttempts(3)
                .responseTimeoutForEachAttempt(ATTEMPT)
                .build();
        client = WebClient.builder(SessionProtocol.H1C, endpoints)
                .factory(factory)
                .decorator(endpoints.asDecorator())
                .decorator(RetryingClient.newDecorator(retries))
                .responseTimeout(around.deadline())
                .build();
    }

    @Override
    public void call(Criticality level, Done done) {
        var unused = client.get("/stock/7").aggregate().handle((AggregatedHttpResponse response, Throwable failure) -> {
            done.done(failure == null && response.status().isSuccess() ? Ending.OK : Ending.FAILED);
            return null;
        });
    }

    @Override
    public void close() {
        endpoints.close();
        factory.close();
    }
}
