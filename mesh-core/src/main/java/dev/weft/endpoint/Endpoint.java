package dev.weft.endpoint;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What discovery says of one instance of a service.
 *
 * @param host a host name or an IP literal, without brackets; not blank
 * @param port 1 to 65535
 * @param weight its share of traffic relative to its siblings, 0 to {@value #MAX_WEIGHT}; 0 takes none while
 *     another endpoint can
 * @param zone where it runs; empty when unknown
 * @param version which release it runs; empty when unknown
 * @param metadata whatever else discovery tells, such as tags; may be empty
 * @param health what discovery thinks of it
 * @param addresses the IP addresses of {@code host}, the first to be tried first, without brackets; empty where
 *     {@code host} is one, or is for the transport to look up
 */
public record Endpoint(
        String host,
        int port,
        int weight,
        String zone,
        String version,
        Map<String, String> metadata,
        Health health,
        List<String> addresses) {

    /** The largest weight; Consul's own limit. */
    public static final int MAX_WEIGHT = 65_535;

    public Endpoint {
        if (host.isBlank() || host.chars().anyMatch(c -> c <= ' ' || c == '/' || c > '~')) {
            throw new IllegalArgumentException("endpoint host '" + host + "' is not a host name or address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("endpoint " + host + ": port " + port + " is not in 1..65535");
        }
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException(
                    "endpoint " + host + ":" + port + ": weight " + weight + " is not in 0.." + MAX_WEIGHT);
        }
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(version, "version");
        metadata = Map.copyOf(metadata);
        Objects.requireNonNull(health, "health");
        addresses = List.copyOf(addresses);
        for (String address : addresses) {
            if (address.isBlank() || !isIp(address)) {
                throw new IllegalArgumentException(
                        "endpoint " + host + ":" + port + ": '" + address + "' is not an IP address");
            }
        }
    }

    /** As discovery tells it that knows no addresses besides the host. */
    public Endpoint(
            String host,
            int port,
            int weight,
            String zone,
            String version,
            Map<String, String> metadata,
            Health health) {
        this(host, port, weight, zone, version, metadata, health, List.of());
    }

    /** A healthy endpoint of weight 1 of which nothing else is known. */
    public static Endpoint of(String host, int port) {
        return new Endpoint(host, port, 1, "", "", Map.of(), Health.HEALTHY);
    }

    /** Reads {@code host:port} or {@code [v6]:port}. */
    public static Endpoint parse(String address) {
        int colon = address.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("address '" + address + "' is not host:port");
        }
        String host = address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("address '" + address + "': write an IPv6 address as [address]:port");
        }
        try {
            return of(host, Integer.parseInt(address.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("address '" + address + "' has no numeric port", e);
        }
    }

    /** What tells this endpoint from its siblings: {@code host:port}, with brackets around an IPv6 address. */
    public String address() {
        return address(host);
    }

    private String address(String of) {
        return (of.indexOf(':') >= 0 ? "[" + of + "]" : of) + ":" + port;
    }

    /** What is connected to, the first to be tried first: the addresses with the port, or else {@link #address}. */
    public List<String> targets() {
        return addresses.isEmpty()
                ? List.of(address())
                : addresses.stream().map(this::address).toList();
    }

    /** Whether {@code host} is an IP address: no name holds a colon or ends with a number. */
    public static boolean isIp(String host) {
        if (host.indexOf(':') >= 0) {
            return true;
        }
        int end = host.length();
        int label = end;
        while (label > 0 && host.charAt(label - 1) >= '0' && host.charAt(label - 1) <= '9') {
            label--;
        }
        return label < end && (label == 0 || host.charAt(label - 1) == '.');
    }

    public Endpoint withWeight(int weight) {
        return new Endpoint(host, port, weight, zone, version, metadata, health, addresses);
    }

    public Endpoint withZone(String zone) {
        return new Endpoint(host, port, weight, zone, version, metadata, health, addresses);
    }

    public Endpoint withVersion(String version) {
        return new Endpoint(host, port, weight, zone, version, metadata, health, addresses);
    }

    public Endpoint withHealth(Health health) {
        return new Endpoint(host, port, weight, zone, version, metadata, health, addresses);
    }

    public Endpoint withMetadata(Map<String, String> metadata) {
        return new Endpoint(host, port, weight, zone, version, metadata, health, addresses);
    }

    public Endpoint withAddresses(List<String> addresses) {
        return new Endpoint(host, port, weight, zone, version, metadata, health, addresses);
    }
}
