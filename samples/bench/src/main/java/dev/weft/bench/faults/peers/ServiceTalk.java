package dev.weft.bench.faults.peers;

import dev.weft.call.Criticality;
import io.servicetalk.client.api.DefaultServiceDiscovererEvent;
import io.servicetalk.client.api.ServiceDiscoverer;
import io.servicetalk.client.api.ServiceDiscovererEvent;
import io.servicetalk.concurrent.api.AsyncCloseables;
import io.servicetalk.concurrent.api.Completable;
import io.servicetalk.concurrent.api.ListenableAsyncCloseable;
import io.servicetalk.concurrent.api.Publisher;
import io.servicetalk.http.api.FilterableStreamingHttpLoadBalancedConnection;
import io.servicetalk.http.api.HttpClient;
import io.servicetalk.http.api.HttpResponseStatus.StatusClass;
import io.servicetalk.http.netty.DefaultHttpLoadBalancerFactory;
import io.servicetalk.http.netty.HttpClients;
import io.servicetalk.http.netty.RetryingHttpRequesterFilter;
import io.servicetalk.http.netty.RetryingHttpRequesterFilter.BackOffPolicy;
import io.servicetalk.http.netty.RetryingHttpRequesterFilter.HttpResponseException;
import io.servicetalk.http.utils.TimeoutHttpRequesterFilter;
import io.servicetalk.loadbalancer.LoadBalancers;
import io.servicetalk.loadbalancer.LoadBalancingPolicies;
import io.servicetalk.loadbalancer.OutlierDetectorConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * ServiceTalk: P2C with outlier detection (5 failures in a row; out for a second at first), a limit of 400 ms for each of up
 * to three attempts, with back-off.
 */
final class ServiceTalk implements Peer {
    private static final Duration ATTEMPT = Duration.ofMillis(400);
    private static final int RETRIES = 2;
    private static final BackOffPolicy BACK_OFF =
            BackOffPolicy.ofExponentialBackoffFullJitter(Duration.ofMillis(20), Duration.ofMillis(200), RETRIES);

    private final HttpClient client;

    @SuppressWarnings("deprecation") // the factory of balancers has no successor yet
    ServiceTalk(Around around) {
        List<InetSocketAddress> addresses = around.callable().stream()
                .map(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .toList();
        OutlierDetectorConfig outliers = new OutlierDetectorConfig.Builder()
                .failureDetectorInterval(Duration.ofSeconds(1), Duration.ZERO)
                .baseEjectionTime(Duration.ofSeconds(1))
                .ejectionTimeJitter(Duration.ofMillis(200))
                .maxEjectionPercentage(50)
                .build();
        client = HttpClients.forSingleAddress(new Known(addresses), around.service())
                .loadBalancerFactory(DefaultHttpLoadBalancerFactory.Builder.from(
                                LoadBalancers.<InetSocketAddress, FilterableStreamingHttpLoadBalancedConnection>builder(
                                                "stock")
                                        .loadBalancingPolicy(
                                                LoadBalancingPolicies.p2c().build())
                                        .outlierDetectorConfig(outliers)
                                        .build())
                        .build())
                .unresolvedAddressToHost(service -> service)
                .appendClientFilter(new TimeoutHttpRequesterFilter(around.deadline(), true))
                .appendClientFilter(new RetryingHttpRequesterFilter.Builder()
                        .maxTotalRetries(RETRIES)
                        .responseMapper(head -> head.status().statusClass() == StatusClass.SERVER_ERROR_5XX
                                ? new HttpResponseException("5xx", head)
                                : null)
                        .retryResponses((head, failure) -> BACK_OFF)
                        .retryIdempotentRequests((head, failure) -> BACK_OFF)
                        .retryOther((head, failure) -> BACK_OFF)
                        .build())
                .appendClientFilter(new TimeoutHttpRequesterFilter(ATTEMPT, true))
                .build();
    }

    @Override
    public void call(Criticality level, Done done) {
        var unused = client.request(client.get("/stock/7"))
                .whenOnError(failure -> done.done(Ending.FAILED))
                .subscribe(response -> done.done(
                        response.status().statusClass() == StatusClass.SUCCESSFUL_2XX ? Ending.OK : Ending.FAILED));
    }

    @Override
    public void close() {
        client.closeAsync().subscribe();
    }

    /** Discovery that knows some addresses, and no news. */
    private static final class Known
            implements ServiceDiscoverer<String, InetSocketAddress, ServiceDiscovererEvent<InetSocketAddress>> {
        private final List<InetSocketAddress> addresses;
        private final ListenableAsyncCloseable closing = AsyncCloseables.emptyAsyncCloseable();

        Known(List<InetSocketAddress> addresses) {
            this.addresses = addresses;
        }

        @Override
        public Publisher<Collection<ServiceDiscovererEvent<InetSocketAddress>>> discover(String service) {
            List<ServiceDiscovererEvent<InetSocketAddress>> events = addresses.stream()
                    .<ServiceDiscovererEvent<InetSocketAddress>>map(address ->
                            new DefaultServiceDiscovererEvent<>(address, ServiceDiscovererEvent.Status.AVAILABLE))
                    .toList();
            return Publisher.<Collection<ServiceDiscovererEvent<InetSocketAddress>>>from(events)
                    .concat(Publisher.never());
        }

        @Override
        public Completable onClose() {
            return closing.onClose();
        }

        @Override
        public Completable closeAsync() {
            return closing.closeAsync();
        }
    }
}
