package dev.weft.simulator.scenario;

/**
 * Servers that are alike.
 *
 * @param name what faults call them
 * @param service what clients call them
 * @param servers how many
 * @param time how long they work on a request
 * @param workers how many requests each works on at once
 * @param queue how many more may wait for a worker; what goes over is answered 503 at once
 * @param zone where they run; empty for nowhere in particular
 * @param calls the service that each request makes them call; empty for none
 * @param notices whether a server stops work whose caller has gone
 */
public record Group(
        String name,
        String service,
        int servers,
        ServiceTime time,
        int workers,
        int queue,
        String zone,
        String calls,
        boolean notices) {
    /** How many requests all its servers can serve in a second. */
    public double perSecond() {
        return servers * workers / (time.nanos() / 1e9);
    }
}
