package dev.weft.bench.load;

import dev.weft.Mesh;
import dev.weft.bench.stack.Resilience;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/** The kinds of client that are compared. */
enum Clients implements Kind {
    /** What all others are measured against: OkHttp with a pool that fits, turn by turn over the endpoints. */
    OKHTTP("raw OkHttp") {
        @Override
        public Client make(List<String> addresses) {
            return new OkHttp(inTurn(OkHttp.roomy(), addresses), true);
        }
    },
    /** Shows how much of a difference is OkHttp's time-outs of reads and writes, which wake a thread of its own. */
    OKHTTP_NO_TIMEOUTS("raw OkHttp, no time-outs") {
        @Override
        public Client make(List<String> addresses) {
            OkHttpClient client = OkHttp.roomy()
                    .newBuilder()
                    .readTimeout(0, TimeUnit.SECONDS)
                    .writeTimeout(0, TimeUnit.SECONDS)
                    .build();
            return new OkHttp(inTurn(client, addresses), true);
        }
    },
    OKHTTP_DEFAULTS("OkHttp as it comes") {
        @Override
        public Client make(List<String> addresses) {
            return new OkHttp(inTurn(new OkHttpClient(), addresses), true);
        }
    },
    OKHTTP_ASYNC("raw OkHttp, enqueue") {
        @Override
        public Client make(List<String> addresses) {
            return new OkHttp(inTurn(OkHttp.roomy(), addresses), false);
        }
    },
    OKHTTP_RESILIENCE4J("OkHttp + Resilience4j by hand") {
        @Override
        public Client make(List<String> addresses) {
            OkHttpClient client = OkHttp.roomy()
                    .newBuilder()
                    .callTimeout(10, TimeUnit.SECONDS)
                    .build();
            Supplier<Call> calls = inTurn(client, addresses);
            Resilience chain = new Resilience(() -> {
                try {
                    OkHttp.read(calls.get().execute());
                    return "ok";
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            return new HandWired(chain);
        }
    },
    WEFT("Weft") {
        @Override
        public Client make(List<String> addresses) {
            return new OkHttp(mesh(addresses), true);
        }
    },
    WEFT_ASYNC("Weft, enqueue") {
        @Override
        public Client make(List<String> addresses) {
            return new OkHttp(mesh(addresses), false);
        }
    },
    OKHTTP_MTLS("raw OkHttp, mTLS") {
        @Override
        public Client make(List<String> addresses) {
            OkHttpClient client = Certificates.shared().client(OkHttp.roomy());
            return new OkHttp(inTurn(client, "https", addresses), true);
        }
    },
    WEFT_MTLS("Weft, mTLS") {
        @Override
        public Client make(List<String> addresses) {
            Mesh mesh = Mesh.builder()
                    .resolver(StaticResolver.empty().with("inventory", addresses.toArray(String[]::new)))
                    .metrics(new SimpleMeterRegistry())
                    .identity(Certificates.shared().source())
                    .set("tls.mode", "strict")
                    .start();
            return new OkHttp(through(mesh, "https"), true);
        }
    },
    ONE_PROXY("raw OkHttp, one HAProxy hop") {
        @Override
        public Client make(List<String> addresses) {
            return OKHTTP.make(addresses);
        }
    },
    TWO_PROXIES("raw OkHttp, two HAProxy hops") {
        @Override
        public Client make(List<String> addresses) {
            return OKHTTP.make(addresses);
        }
    };

    private final String title;

    Clients(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Kind base() {
        return tls() ? OKHTTP_MTLS : OKHTTP;
    }

    private boolean tls() {
        return this == OKHTTP_MTLS || this == WEFT_MTLS;
    }

    /** Those that speak plain text, or those that speak mTLS. */
    static List<Clients> all(boolean tls) {
        return Arrays.stream(values()).filter(client -> client.tls() == tls).toList();
    }

    @Override
    public int hops() {
        return switch (this) {
            case ONE_PROXY -> 1;
            case TWO_PROXIES -> 2;
            default -> 0;
        };
    }

    private static Supplier<Call> inTurn(Call.Factory client, List<String> addresses) {
        return inTurn(client, "http", addresses);
    }

    private static Supplier<Call> inTurn(Call.Factory client, String scheme, List<String> addresses) {
        Request[] requests = addresses.stream()
                .map(address -> new Request.Builder()
                        .url(scheme + "://" + address + "/stock/7")
                        .build())
                .toArray(Request[]::new);
        AtomicInteger turn = new AtomicInteger();
        return () -> client.newCall(requests[Math.floorMod(turn.getAndIncrement(), requests.length)]);
    }

    /** The whole default stack with metrics: nothing is set but where the endpoints are. */
    private static Supplier<Call> mesh(List<String> addresses) {
        Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", addresses.toArray(String[]::new)))
                .metrics(new SimpleMeterRegistry())
                .start();
        return through(mesh, "http");
    }

    private static Supplier<Call> through(Mesh mesh, String scheme) {
        Call.Factory calls = MeshHttp.create(mesh).callFactory();
        Request request =
                new Request.Builder().url(scheme + "://inventory/stock/7").build();
        return () -> calls.newCall(request);
    }

    private record HandWired(Resilience chain) implements Client {
        @Override
        public boolean blocking() {
            return true;
        }

        @Override
        public void call(Done done) {
            try {
                chain.call();
                done.done(null);
            } catch (RuntimeException e) {
                done.done(e);
            }
        }
    }
}
