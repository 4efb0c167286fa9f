package dev.weft.bench.load;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells a plain gRPC channel its endpoints, which it has no way to be told otherwise. */
public final class ListedAddresses extends NameResolverProvider {
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** One for each list: a process may have several. */
    private final String scheme = "listed" + COUNT.incrementAndGet();

    private final List<EquivalentAddressGroup> endpoints;

    private ListedAddresses(List<String> addresses) {
        this.endpoints = addresses.stream()
                .map(address -> address.split(":", -1))
                .map(parts -> new InetSocketAddress(parts[0], Integer.parseInt(parts[1])))
                .map(EquivalentAddressGroup::new)
                .toList();
    }

    /** The target for these endpoints. */
    public static String target(List<String> addresses) {
        ListedAddresses listed = new ListedAddresses(addresses);
        NameResolverRegistry.getDefaultRegistry().register(listed);
        return listed.scheme + ":///inventory";
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 5;
    }

    @Override
    public String getDefaultScheme() {
        return scheme;
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        return new NameResolver() {
            @Override
            public String getServiceAuthority() {
                return "inventory";
            }

            @Override
            public void start(Listener2 listener) {
                listener.onResult(ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(endpoints))
                        .build());
            }

            @Override
            public void shutdown() {}
        };
    }
}
