package dev.weft.identity;

import dev.weft.file.SeenFile;
import dev.weft.file.WatchedFiles;
import dev.weft.time.Time;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity in PEM files, as cert-manager, SPIRE's helper or an operator write them: certificate chain, key, and the
 * roots to trust. The files are watched; a new set is taken when it is whole, that is when key and certificate belong
 * together, and until then the last one stays. Links that are swapped are followed.
 */
public final class PemIdentitySource implements IdentitySource {
    private static final Logger log = LoggerFactory.getLogger(PemIdentitySource.class);
    private static final int LIMIT_BYTES = 1 << 20;

    private final Path certificate;
    private final Path key;
    /** By trust domain; the first one, with an empty name, is for our own. */
    private final Map<String, Path> bundles = new LinkedHashMap<>();

    private final Time time;
    private @Nullable WatchedFiles watched;

    /**
     * @param certificate the leaf, then any intermediates
     * @param key of the leaf: PKCS #8, SEC 1 or PKCS #1, not encrypted; may be the same file
     * @param bundle all roots of our own trust domain that may be trusted now
     */
    public PemIdentitySource(Path certificate, Path key, Path bundle, Time time) {
        this.certificate = certificate;
        this.key = key;
        this.time = time;
        bundles.put("", bundle);
    }

    /** Trusts the roots in {@code bundle} as well, for ids of that trust domain alone; before it is started. */
    public PemIdentitySource trusting(String trustDomain, Path bundle) {
        bundles.put(new SpiffeId(trustDomain, "").trustDomain(), bundle);
        return this;
    }

    @Override
    public String name() {
        return certificate.toString();
    }

    @Override
    public void start(Listener listener) {
        List<Path> files = new ArrayList<>(List.of(certificate, key));
        files.addAll(bundles.values());
        WatchedFiles started = new WatchedFiles(files, LIMIT_BYTES, time, "weft-identity-files", seen -> {
            try {
                Identity identity = identity(seen);
                warnOfRefusal(identity);
                listener.identity(identity);
            } catch (IllegalArgumentException e) {
                listener.failed(String.valueOf(e.getMessage()));
            }
        });
        watched = started;
        started.start();
    }

    @Override
    public void close() {
        WatchedFiles started = watched;
        if (started != null) {
            started.close();
        }
    }

    private Identity identity(List<SeenFile> files) {
        List<X509Certificate> chain = Pem.certificates(text(files.get(0)), certificate.toString());
        String own = SpiffeId.of(chain.get(0)).trustDomain();
        Map<String, Set<X509Certificate>> roots = new HashMap<>();
        int at = 2;
        for (String domain : bundles.keySet()) {
            SeenFile bundle = files.get(at++);
            roots.computeIfAbsent(domain.isEmpty() ? own : domain, d -> new HashSet<>())
                    .addAll(Pem.certificates(text(bundle), bundle.path().toString()));
        }
        PrivateKey secret = Pem.privateKey(text(files.get(1)), key.toString());
        try {
            return new Identity(secret, chain, roots);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    key + " and " + certificate + ": " + e.getMessage()
                            + "; while they are being replaced this is normal for a moment",
                    e);
        }
    }

    private static String text(SeenFile file) {
        byte[] bytes = file.bytes();
        if (bytes == null) {
            throw new IllegalArgumentException(
                    file.path() + (file.trouble() == null ? " is not there" : " cannot be read: " + file.trouble()));
        }
        if (bytes.length > LIMIT_BYTES) {
            throw new IllegalArgumentException(file.path() + " is larger than 1 MiB: is it the right file?");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Peers that trust what we trust would refuse us for the same reason; better said here than there. */
    private void warnOfRefusal(Identity identity) {
        try {
            new SpiffeVerifier(identity.roots()).verify(identity.chain().toArray(X509Certificate[]::new), time.now());
        } catch (PeerRefused e) {
            log.warn("{}: peers will refuse this certificate: {}", certificate, e.getMessage());
        }
    }
}
