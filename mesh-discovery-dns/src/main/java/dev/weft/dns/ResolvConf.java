package dev.weft.dns;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.config.ResolvConfResolverConfigProvider;

/**
 * Whom to ask, and what to add to names that are not complete.
 *
 * @param servers in the order in which they are to be asked
 * @param search domains to try, in order
 * @param ndots a name with fewer dots is tried in the search domains first
 */
record ResolvConf(List<InetSocketAddress> servers, List<Name> search, int ndots) {
    /** @param given servers in place of the file's, which then need not be there: it only lends its search domains */
    static ResolvConf read(Path file, List<InetSocketAddress> given) {
        Reader reader = new Reader();
        try (InputStream in = Files.newInputStream(file)) {
            reader.parseResolvConf(in);
        } catch (IOException | RuntimeException e) {
            if (given.isEmpty()) {
                throw new DnsException(file + " cannot be read (" + e + "); repair it or set nameServers(...)", e);
            }
        }
        List<InetSocketAddress> servers = given.isEmpty() ? reader.servers() : given;
        if (servers.isEmpty()) {
            throw new DnsException(file + " names no name server; add one or set nameServers(...)");
        }
        return new ResolvConf(List.copyOf(servers), List.copyOf(reader.searchPaths()), reader.ndots());
    }

    /** The complete names that {@code name} may stand for, in the order in which they are tried. */
    List<Name> candidates(Name name) {
        if (name.isAbsolute()) {
            return List.of(name);
        }
        List<Name> candidates = new ArrayList<>();
        search.forEach(domain -> add(candidates, name, domain));
        int dots = name.labels() - 1;
        add(candidates, dots >= ndots ? 0 : candidates.size(), name, Name.root);
        return candidates;
    }

    private static void add(List<Name> candidates, Name name, Name domain) {
        add(candidates, candidates.size(), name, domain);
    }

    private static void add(List<Name> candidates, int at, Name name, Name domain) {
        try {
            candidates.add(at, Name.concatenate(name, domain));
        } catch (NameTooLongException e) {
            // No such name can exist; the others may.
        }
    }

    /** dnsjava's parser, for any file. */
    private static final class Reader extends ResolvConfResolverConfigProvider {
        @Override
        public void parseResolvConf(InputStream in) throws IOException {
            super.parseResolvConf(in);
        }
    }
}
