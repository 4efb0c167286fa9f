package dev.weft.grpc;

import dev.weft.endpoint.Endpoint;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Gives gRPC the addresses that discovery has told, so that nobody looks the host up. */
final class KnownAddresses extends NameResolverProvider {
    private static final String SCHEME = "weft-addresses";
    private static final String BETWEEN = ",";

    static {
        NameResolverRegistry.getDefaultRegistry().register(new KnownAddresses());
    }

    /** What to have a channel connect to. */
    static String target(Endpoint endpoint) {
        if (endpoint.addresses().isEmpty()) {
            return endpoint.address();
        }
        try {
            return new URI(SCHEME, "", "/" + String.join(BETWEEN, endpoint.targets()), null).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("addresses " + endpoint.targets(), e);
        }
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        return new Told(target.getPath().substring(1).split(BETWEEN, -1));
    }

    @Override
    public String getDefaultScheme() {
        return SCHEME;
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    /** Never that of names without a scheme. */
    @Override
    protected int priority() {
        return 0;
    }

    private static final class Told extends NameResolver {
        private final String[] targets;

        Told(String[] targets) {
            this.targets = targets;
        }

        @Override
        public String getServiceAuthority() {
            return targets[0];
        }

        @Override
        public void start(Listener2 listener) {
            listener.onResult(ResolutionResult.newBuilder()
                    .setAddressesOrError(addresses())
                    .build());
        }

        private StatusOr<List<EquivalentAddressGroup>> addresses() {
            List<EquivalentAddressGroup> groups = new ArrayList<>();
            for (String target : targets) {
                Endpoint one = Endpoint.parse(target);
                try {
                    // Nothing is looked up: it is an IP address.
                    groups.add(new EquivalentAddressGroup(
                            new InetSocketAddress(InetAddress.getByName(one.host()), one.port())));
                } catch (UnknownHostException e) {
                    return StatusOr.fromStatus(
                            Status.UNAVAILABLE.withDescription(target).withCause(e));
                }
            }
            return StatusOr.fromValue(groups);
        }

        @Override
        public void shutdown() {}
    }
}
