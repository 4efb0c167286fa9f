package dev.weft.grpc;

import dev.weft.identity.PeerRefused;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.Status;
import io.grpc.SynchronizationContext.ScheduledHandle;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Of the addresses of one endpoint the first to connect is used: the next is tried when one fails or has been silent for
 * a while (RFC 8305, gRFC A61). gRPC's own {@code pick_first} does so only where a flag of the whole process says so. It
 * also waits for ever for a peer that takes a connection and says nothing; this one gives up.
 *
 * <p>Confined to the channel's synchronization context.
 */
final class FirstToConnect extends LoadBalancer {
    private static final String POLICY = "weft_first_to_connect";

    private static final long NEXT_MILLIS = 250;
    /** For calls that wait for ready; any other call has the channel begin anew. */
    private static final long AGAIN_MILLIS = 1000;

    static {
        LoadBalancerRegistry.getDefaultRegistry().register(new Provider());
    }

    private final Helper helper;
    private final Connecting connecting;
    private final Map<SocketAddress, Try> trying = new LinkedHashMap<>();
    private final Map<SocketAddress, Status> failed = new LinkedHashMap<>();
    private List<SocketAddress> addresses = List.of();
    private int next;
    private @Nullable SocketAddress reached;
    private @Nullable Subchannel connected;
    private @Nullable ScheduledHandle alarm;

    private FirstToConnect(Helper helper) {
        this.helper = helper;
        this.connecting = Objects.requireNonNull(helper.getNameResolverArgs().getArg(Connecting.KEY));
    }

    /** The balancing policy of every channel, by the name under which gRPC knows it from now on. */
    static String policy() {
        return POLICY;
    }

    @Override
    public Status acceptResolvedAddresses(ResolvedAddresses resolved) {
        List<SocketAddress> fresh = interleaved(resolved.getAddresses().stream()
                .flatMap(group -> group.getAddresses().stream())
                .distinct()
                .toList());
        if (fresh.isEmpty()) {
            Status none = Status.UNAVAILABLE.withDescription("its name has no address");
            handleNameResolutionError(none);
            return none;
        }
        boolean same = fresh.equals(addresses);
        addresses = fresh;
        if (!same && (reached == null || !fresh.contains(reached))) {
            stop();
            begin();
        }
        return Status.OK;
    }

    /** The families by turns, that of the first address first. */
    private static List<SocketAddress> interleaved(List<SocketAddress> given) {
        Deque<SocketAddress> leading = new ArrayDeque<>();
        Deque<SocketAddress> others = new ArrayDeque<>();
        given.forEach(address -> (v6(address) == v6(given.get(0)) ? leading : others).add(address));
        List<SocketAddress> all = new ArrayList<>();
        while (!leading.isEmpty() || !others.isEmpty()) {
            if (!leading.isEmpty()) {
                all.add(leading.remove());
            }
            if (!others.isEmpty()) {
                all.add(others.remove());
            }
        }
        return all;
    }

    private static boolean v6(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
    }

    @Override
    public void handleNameResolutionError(Status error) {
        if (connected == null && trying.isEmpty()) {
            say(ConnectivityState.TRANSIENT_FAILURE, PickResult.withError(error));
        }
    }

    private void begin() {
        say(ConnectivityState.CONNECTING, PickResult.withNoResult());
        again();
    }

    private void again() {
        failed.clear();
        connecting.begin();
        next = 0;
        tryNext();
    }

    private void tryNext() {
        SocketAddress address = addresses.get(next++);
        Subchannel subchannel = helper.createSubchannel(CreateSubchannelArgs.newBuilder()
                .setAddresses(new EquivalentAddressGroup(address))
                .build());
        ScheduledHandle limit = after(connecting.limitMillis(), () -> silent(address, subchannel));
        trying.put(address, new Try(subchannel, limit));
        subchannel.start(state -> heard(address, subchannel, state));
        subchannel.requestConnection();
        alarm = next < addresses.size() ? after(NEXT_MILLIS, this::tryNext) : null;
    }

    private ScheduledHandle after(long millis, Runnable task) {
        return helper.getSynchronizationContext()
                .schedule(task, millis, TimeUnit.MILLISECONDS, helper.getScheduledExecutorService());
    }

    private void heard(SocketAddress address, Subchannel subchannel, ConnectivityStateInfo state) {
        boolean over =
                state.getState() == ConnectivityState.TRANSIENT_FAILURE || state.getState() == ConnectivityState.IDLE;
        if (subchannel.equals(connected)) {
            if (over) {
                lost();
            }
        } else if (tries(address, subchannel)) {
            if (state.getState() == ConnectivityState.READY) {
                end(address);
                stop();
                reached = address;
                connected = subchannel;
                say(ConnectivityState.READY, PickResult.withSubchannel(subchannel));
            } else if (state.getState() == ConnectivityState.TRANSIENT_FAILURE) {
                failed(address, state.getStatus());
            }
        }
    }

    /** It is not connected within its time, or took the connection and has said nothing of TLS or HTTP/2. */
    private void silent(SocketAddress address, Subchannel subchannel) {
        if (tries(address, subchannel)) {
            String what = "connecting timed out after " + connecting.limitMillis() + " ms: " + address;
            Exception why = connecting.inHandshake() ? new SocketTimeoutException(what) : new ConnectException(what);
            failed(address, Status.UNAVAILABLE.withDescription(what).withCause(why));
        }
    }

    private boolean tries(SocketAddress address, Subchannel subchannel) {
        Try under = trying.get(address);
        return under != null && under.subchannel.equals(subchannel);
    }

    private void failed(SocketAddress address, Status why) {
        Try ended = end(address);
        if (ended != null) {
            ended.subchannel.shutdown();
        }
        failed.put(address, why);
        goOn();
    }

    private @Nullable Try end(SocketAddress address) {
        Try ended = trying.remove(address);
        if (ended != null) {
            ended.limit.cancel();
        }
        return ended;
    }

    private void goOn() {
        if (next < addresses.size()) {
            cancelAlarm();
            tryNext();
        } else if (trying.isEmpty()) {
            say(ConnectivityState.TRANSIENT_FAILURE, PickResult.withError(told()));
            alarm = after(AGAIN_MILLIS, this::again);
            helper.refreshNameResolution();
        }
    }

    private Status told() {
        Status status = failed.size() == 1 ? failed.values().iterator().next() : ofSeveral();
        return connecting.inHandshake() ? HandshakeFailed.in(status) : status;
    }

    /** What became of each address; the cause is that of the one that got furthest. */
    private Status ofSeveral() {
        Status furthest = failed.values().iterator().next();
        StringBuilder each = new StringBuilder();
        for (Map.Entry<SocketAddress, Status> failure : failed.entrySet()) {
            Throwable cause = failure.getValue().getCause();
            each.append(each.isEmpty() ? "" : "; ")
                    .append(cause == null ? failure.getValue().getDescription() : cause.getMessage());
            if (PeerRefused.in(furthest.getCause()) == null && !(cause instanceof ConnectException)) {
                furthest = failure.getValue();
            }
        }
        return furthest.withDescription("none of its addresses can be reached: " + each);
    }

    private void lost() {
        stop();
        helper.refreshNameResolution();
        helper.updateBalancingState(ConnectivityState.IDLE, new SubchannelPicker() {
            @Override
            public PickResult pickSubchannel(PickSubchannelArgs args) {
                helper.getSynchronizationContext().execute(FirstToConnect.this::requestConnection);
                return PickResult.withNoResult();
            }
        });
    }

    @Override
    public void requestConnection() {
        if (connected == null && trying.isEmpty() && alarm == null && !addresses.isEmpty()) {
            begin();
        }
    }

    private void say(ConnectivityState state, PickResult result) {
        helper.updateBalancingState(state, new FixedResultPicker(result));
    }

    private void stop() {
        cancelAlarm();
        trying.values().forEach(under -> {
            under.limit.cancel();
            under.subchannel.shutdown();
        });
        trying.clear();
        if (connected != null) {
            connected.shutdown();
            connected = null;
            reached = null;
        }
    }

    private void cancelAlarm() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }

    @Override
    public void shutdown() {
        stop();
        addresses = List.of();
    }

    /** A connection that is being made, and the end of its time. */
    private record Try(Subchannel subchannel, ScheduledHandle limit) {}

    /** How gRPC gets one, by name. */
    private static final class Provider extends LoadBalancerProvider {
        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public int getPriority() {
            return 5;
        }

        @Override
        public String getPolicyName() {
            return POLICY;
        }

        @Override
        public LoadBalancer newLoadBalancer(Helper helper) {
            return new FirstToConnect(helper);
        }
    }
}
