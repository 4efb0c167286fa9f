package dev.weft.bench.faults.scenario;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process is told to do, a line each; it ends when there are no more, or with the first that fails. */
public interface Orders {
    /**
     * Follows one.
     *
     * @param words of the line
     * @param answers where its answer goes
     */
    void follow(String[] words, PrintStream answers) throws IOException;

    /** Follows what comes in, and ends the process. */
    static void fromInput(Supplier<Orders> made) {
        int status = 0;
        PrintStream answers = System.out;
        System.setOut(System.err); // nobody else has a say there
        try {
            Orders orders = made.get();
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                orders.follow(line.split(" ", -1), answers);
            }
        } catch (IOException | RuntimeException | Error e) {
            Logger log = LoggerFactory.getLogger(Orders.class);
            log.error("a process of the harness ends", e);
            status = 1;
        }
        System.exit(status);
    }
}
