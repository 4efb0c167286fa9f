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
enum Clients {
    /** What all others are measured against: OkHttp with a pool that fits, turn by turn over the endpoints. */
    OKHTTP("raw OkHttp") {
        @Override
        Client make(int[] ports) {
            return new OkHttp(inTurn(OkHttp.roomy(), ports), true);
        }
    },
    /** Shows how much of a difference is OkHttp's time-outs of reads and writes, which wake a thread of its own. */
    OKHTTP_NO_TIMEOUTS("raw OkHttp, no time-outs") {
        @Override
        Client make(int[] ports) {
            OkHttpClient client = OkHttp.roomy()
                    .newBuilder()
                    .readTimeout(0, TimeUnit.SECONDS)
                    .writeTimeout(0, TimeUnit.SECONDS)
                    .build();
            return new OkHttp(inTurn(client, ports), true);
        }
    },
    OKHTTP_DEFAULTS("OkHttp as it comes") {
        @Override
        Client make(int[] ports) {
            return new OkHttp(inTurn(new OkHttpClient(), ports), true);
        }
    },
    OKHTTP_ASYNC("raw OkHttp, enqueue") {
        @Override
        Client make(int[] ports) {
            return new OkHttp(inTurn(OkHttp.roomy(), ports), false);
        }
    },
    OKHTTP_RESILIENCE4J("OkHttp + Resilience4j by hand") {
        @Override
        Client make(int[] ports) {
            OkHttpClient client = OkHttp.roomy()
                    .newBuilder()
                    .callTimeout(10, TimeUnit.SECONDS)
                    .build();
            Supplier<Call> calls = inTurn(client, ports);
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
        Client make(int[] ports) {
            return new OkHttp(mesh(ports), true);
        }
    },
    WEFT_ASYNC("Weft, enqueue") {
        @Override
        Client make(int[] ports) {
            return new OkHttp(mesh(ports), false);
        }
    },
    OKHTTP_MTLS("raw OkHttp, mTLS") {
        @Override
        Client make(int[] ports) {
            OkHttpClient client = Certificates.shared().client(OkHttp.roomy());
            return new OkHttp(inTurn(client, "https", ports), true);
        }
    },
    WEFT_MTLS("Weft, mTLS") {
        @Override
        Client make(int[] ports) {
            Mesh mesh = Mesh.builder()
                    .resolver(StaticResolver.empty().with("inventory", addresses(ports)))
                    .metrics(new SimpleMeterRegistry())
                    .identity(Certificates.shared().source())
                    .set("tls.mode", "strict")
                    .start();
            return new OkHttp(through(mesh, "https"), true);
        }
    },
    ONE_PROXY("raw OkHttp, one HAProxy hop") {
        @Override
        Client make(int[] ports) {
            return OKHTTP.make(ports);
        }
    },
    TWO_PROXIES("raw OkHttp, two HAProxy hops") {
        @Override
        Client make(int[] ports) {
            return OKHTTP.make(ports);
        }
    };

    private final String title;

    Clients(String title) {
        this.title = title;
    }

    /** As tables name it. */
    String title() {
        return title;
    }

    /** Makes it, within its own process, to call what listens on these loopback ports. */
    abstract Client make(int[] ports);

    /** Those that speak plain text, or those that speak mTLS. */
    static List<Clients> all(boolean tls) {
        return Arrays.stream(values())
                .filter(client -> (client == OKHTTP_MTLS || client == WEFT_MTLS) == tls)
                .toList();
    }

    /** How many proxies stand between it and the servers. */
    int hops() {
        return switch (this) {
            case ONE_PROXY -> 1;
            case TWO_PROXIES -> 2;
            default -> 0;
        };
    }

    private static Supplier<Call> inTurn(Call.Factory client, int[] ports) {
        return inTurn(client, "http", ports);
    }

    private static Supplier<Call> inTurn(Call.Factory client, String scheme, int[] ports) {
        Request[] requests = new Request[ports.length];
        for (int i = 0; i < ports.length; i++) {
            requests[i] = new Request.Builder()
                    .url(scheme + "://127.0.0.1:" + ports[i] + "/stock/7")
                    .build();
        }
        AtomicInteger turn = new AtomicInteger();
        return () -> client.newCall(requests[Math.floorMod(turn.getAndIncrement(), requests.length)]);
    }

    /** The whole default stack with metrics: nothing is set but where the endpoints are. */
    private static Supplier<Call> mesh(int[] ports) {
        Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", addresses(ports)))
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

    private static String[] addresses(int[] ports) {
        return Arrays.stream(ports).mapToObj(port -> "127.0.0.1:" + port).toArray(String[]::new);
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
