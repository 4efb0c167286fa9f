package dev.weft.bench.load;

import dev.weft.Mesh;
import dev.weft.balance.BalancerKind;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import dev.weft.policy.SettingTypes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.Request;

/** The whole default stack, with a balancer that policy names; those that go by a key find one of many users' in a header. */
record BalancedClient(BalancerKind balancer) implements Kind {
    private static final int USERS = 256;

    /** Raw OkHttp, and one of each. */
    static List<Kind> all() {
        return Stream.concat(
                        Stream.of(Clients.OKHTTP),
                        Arrays.stream(BalancerKind.values()).map(BalancedClient::new))
                .toList();
    }

    @Override
    public String name() {
        return "WEFT_" + balancer;
    }

    @Override
    public String title() {
        return "Weft, `" + SettingTypes.word(balancer) + "`";
    }

    @Override
    public Kind base() {
        return Clients.OKHTTP;
    }

    @Override
    public Client make(List<String> addresses) {
        Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", addresses.toArray(String[]::new)))
                .metrics(new SimpleMeterRegistry())
                .set("balancer.kind", SettingTypes.word(balancer))
                .set("balancer.hash.key", "header:x-user")
                .start();
        Call.Factory calls = MeshHttp.create(mesh).callFactory();
        Request[] requests = IntStream.range(0, USERS)
                .mapToObj(user -> new Request.Builder()
                        .url("http://inventory/stock/7")
                        .header("x-user", "user-" + user)
                        .build())
                .toArray(Request[]::new);
        AtomicInteger turn = new AtomicInteger();
        return new OkHttp(() -> calls.newCall(requests[Math.floorMod(turn.getAndIncrement(), USERS)]), true);
    }
}
