package dev.weft.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The process of a client that has very many endpoints. Reads how many calls to make, and says what it holds then. */
public final class Crowd {
    private Crowd() {}

    /**
     * Answers a line with a number of calls by the {@link Footprint} that they leave.
     *
     * @param args the name of a client that blocks, then the addresses to call
     */
    public static void main(String[] args) throws IOException {
        LoggerFactory.getLogger(Crowd.class).debug("measures {}", args[0]);
        Kind kind = Kind.named(args[0]);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        Footprint before = Footprint.now();
        Client client = kind.make(List.of(args).subList(1, args.length));
        String line;
        while ((line = in.readLine()) != null) {
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            for (int i = Integer.parseInt(line); i > 0; i--) {
                client.call(failed -> failure.compareAndSet(null, failed));
            }
            Throwable failed = failure.get();
            if (failed != null) {
                failed.printStackTrace();
            }
            System.out.println(Footprint.now().since(before).line());
        }
        System.exit(0);
    }
}
