package dev.weft.dns;

import dev.weft.time.Chance;
import dev.weft.time.Time;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Address;
import org.xbill.DNS.Name;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;

/** Puts a {@link DnsResolver} together; what to ask for must be said, the rest has a default. Not thread-safe. */
public final class DnsBuilder {
    private @Nullable String pattern;
    private int port;
    private boolean srv;
    private List<InetSocketAddress> servers = List.of();
    private Path resolvConf = Path.of("/etc/resolv.conf");
    private boolean tcp;
    private @Nullable IpFamily family;
    private Duration timeout = Duration.ofSeconds(2);
    private Duration minTtl = Duration.ofSeconds(1);
    private Duration maxTtl = Duration.ofMinutes(5);
    private Duration confirmLoss = Duration.ofSeconds(30);
    private Time time = Time.system();
    private RandomGenerator random = Chance.perThread();

    DnsBuilder() {}

    /**
     * A service's endpoints are the addresses of a name.
     *
     * @param name with {@code {service}} for the service; complete if it ends with a dot
     * @param port the port that all of them listen on
     */
    public DnsBuilder addresses(String name, int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is not in 1..65535");
        }
        this.port = port;
        return ask(name, false);
    }

    /**
     * A service's endpoints are the SRV records of a name: each target and port is one, whatever addresses it has.
     *
     * @param name with {@code {service}} for the service; complete if it ends with a dot
     */
    public DnsBuilder srv(String name) {
        return ask(name, true);
    }

    private DnsBuilder ask(String name, boolean srv) {
        if (pattern != null) {
            throw new IllegalArgumentException("'" + pattern + "' is asked for already; a resolver asks for one thing");
        }
        try {
            Name.fromString(name.replace(DnsResolver.SERVICE, "s"));
        } catch (TextParseException e) {
            throw new IllegalArgumentException("'" + name + "' is no name in DNS: " + e.getMessage(), e);
        }
        this.pattern = name;
        this.srv = srv;
        return this;
    }

    /** Name servers in place of those of {@code resolv.conf}: IP addresses, {@code 10.0.0.10:8600}, {@code [::1]:53}. */
    public DnsBuilder nameServers(String... addresses) {
        this.servers = Arrays.stream(addresses).map(DnsBuilder::server).toList();
        return this;
    }

    private static InetSocketAddress server(String text) {
        String host = text;
        String port = Integer.toString(SimpleResolver.DEFAULT_PORT);
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        if (bracketed ? text.indexOf("]:") > 0 : colon > 0 && text.indexOf(':') == colon) {
            host = text.substring(0, colon);
            port = text.substring(colon + 1);
        }
        try {
            InetAddress address =
                    Address.getByAddress(bracketed && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
            return new InetSocketAddress(address, Integer.parseInt(port));
        } catch (UnknownHostException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "name server '" + text + "' is not an IP address, alone or with :port", e);
        }
    }

    /** Where name servers, search domains and {@code ndots} are read; {@code /etc/resolv.conf}. */
    public DnsBuilder resolvConf(Path file) {
        this.resolvConf = file;
        return this;
    }

    /** Asks over TCP only, as Consul must be asked. */
    public DnsBuilder overTcp() {
        this.tcp = true;
        return this;
    }

    /** Which addresses are used; {@link IpFamily#BOTH} of the targets of SRV records, else {@link IpFamily#IPV4_FIRST}. */
    public DnsBuilder family(IpFamily family) {
        this.family = family;
        return this;
    }

    /** How long one name server may take to answer; 2 s. */
    public DnsBuilder timeout(Duration timeout) {
        this.timeout = positive("timeout", timeout);
        return this;
    }

    /** An answer counts at least so long, whatever its records say; 1 s. */
    public DnsBuilder minTtl(Duration minTtl) {
        this.minTtl = positive("minTtl", minTtl);
        return this;
    }

    /** An answer counts at most so long, whatever its records say; 5 min. */
    public DnsBuilder maxTtl(Duration maxTtl) {
        this.maxTtl = positive("maxTtl", maxTtl);
        return this;
    }

    /** How long answers must say that all, or more than half, are gone before it is believed; 30 s, zero is at once. */
    public DnsBuilder confirmLoss(Duration confirmLoss) {
        if (confirmLoss.isNegative()) {
            throw new IllegalArgumentException("confirmLoss " + confirmLoss + " is negative");
        }
        this.confirmLoss = confirmLoss;
        return this;
    }

    /** The clock, for tests and simulations. */
    public DnsBuilder time(Time time) {
        this.time = time;
        return this;
    }

    /** Where chance comes from, for tests and simulations. */
    public DnsBuilder random(RandomGenerator random) {
        this.random = random;
        return this;
    }

    private static Duration positive(String what, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(what + " " + value + " is not positive");
        }
        return value;
    }

    /**
     * The resolver; needs no network.
     *
     * @throws IllegalArgumentException where it is not said what to ask for
     */
    public DnsResolver build() {
        if (minTtl.compareTo(maxTtl) > 0) {
            throw new IllegalArgumentException("minTtl " + minTtl + " is more than maxTtl " + maxTtl);
        }
        return new DnsResolver(this);
    }

    String pattern() {
        if (pattern == null) {
            throw new IllegalArgumentException("say what to ask for: addresses(name, port) or srv(name)");
        }
        return pattern;
    }

    DnsTiming timing() {
        return new DnsTiming(time, random, minTtl.toNanos(), maxTtl.toNanos(), confirmLoss.toNanos());
    }

    DnsClient client(DnsTiming timing, DnsMeters meters, Executor executor) {
        Path file = resolvConf;
        List<InetSocketAddress> given = servers;
        Supplier<ResolvConf> configured = () -> ResolvConf.read(file, given);
        boolean tcpOnly = tcp;
        Duration limit = timeout;
        return new DnsClient(
                configured,
                conf -> new AnswerCache(
                        new NameServers(conf.servers().stream()
                                .map(address -> new NameServer(address, tcpOnly, limit, meters, executor))
                                .toList()),
                        timing,
                        executor));
    }

    Lookup lookup() {
        IpFamily asked = family;
        return srv
                ? new SrvLookup(asked == null ? IpFamily.BOTH : asked)
                : new AddressLookup(asked == null ? IpFamily.IPV4_FIRST : asked, port);
    }
}
