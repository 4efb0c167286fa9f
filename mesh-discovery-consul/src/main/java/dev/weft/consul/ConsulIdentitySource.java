package dev.weft.consul;

import dev.weft.identity.Identity;
import dev.weft.identity.IdentitySource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service's identity from Consul Connect: its leaf and all roots, each watched by a blocking query.
 *
 * <p>Leaf and roots come by themselves and are told together, when they match. After Consul has made a new
 * authority one of them comes first; the identity before stays until the other is there too.
 */
final class ConsulIdentitySource implements IdentitySource {
    private static final Logger log = LoggerFactory.getLogger(ConsulIdentitySource.class);

    private final String service;
    private final ConsulWatch leafWatch;
    private final ConsulWatch rootsWatch;
    private final AtomicInteger news = new AtomicInteger();
    private volatile @Nullable Listener listener;
    private volatile @Nullable LeafAnswer leaf;
    private volatile @Nullable RootsAnswer roots;
    private volatile @Nullable String leafTrouble;
    private volatile @Nullable String rootsTrouble;

    // Touched by whoever tells.
    private @Nullable LeafAnswer lastLeaf;
    private @Nullable RootsAnswer lastRoots;

    ConsulIdentitySource(ConsulHttp http, String service) {
        this.service = service;
        this.leafWatch = new ConsulWatch(http, "leaf of " + service, new Leaf());
        this.rootsWatch = new ConsulWatch(http, "roots for " + service, new Roots());
    }

    @Override
    public String name() {
        return "consul connect " + service;
    }

    @Override
    public void start(Listener listener) {
        this.listener = listener;
        rootsWatch.start();
        leafWatch.start();
    }

    @Override
    public void close() {
        leafWatch.close();
        rootsWatch.close();
    }

    /** Has the listener told by one thread at a time, which also tells what the other has brought meanwhile. */
    private void tell() {
        if (news.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            tellOnce();
            seen = news.addAndGet(-seen);
        } while (seen != 0);
    }

    private void tellOnce() {
        Listener told = listener;
        LeafAnswer ours = leaf;
        RootsAnswer known = roots;
        String trouble = leafTrouble == null ? rootsTrouble : leafTrouble;
        try {
            if (told != null && ours != null && known != null) {
                if (known.sign(ours)) {
                    // What is no news would only end the report of a trouble that goes on.
                    if (trouble == null || !ours.equals(lastLeaf) || !known.equals(lastRoots)) {
                        lastLeaf = ours;
                        lastRoots = known;
                        told.identity(new Identity(
                                ours.key(), ours.chain(), Map.of(ours.id().trustDomain(), known.roots())));
                    }
                } else if (trouble == null) {
                    trouble = "the leaf " + ours + " is of none of the "
                            + known.roots().size() + " roots of " + known.trustDomain()
                            + " that Consul lists; waiting for the next";
                }
            }
            if (told != null && trouble != null) {
                told.failed(trouble);
            }
        } catch (RuntimeException e) {
            log.error("{}: a listener failed", name(), e);
        }
    }

    private final class Leaf implements ConsulWatch.Subject {
        @Override
        public HttpUrl.Builder path(HttpUrl.Builder agent) {
            return agent.addPathSegments("v1/agent/connect/ca/leaf").addPathSegment(service);
        }

        @Override
        public void answer(Answer answer, ConsulLine line) throws ConsulException {
            leaf = LeafAnswer.read(answer, service);
            leafTrouble = null;
            tell();
        }

        @Override
        public void failed(String reason) {
            leafTrouble = reason;
            tell();
        }
    }

    private final class Roots implements ConsulWatch.Subject {
        @Override
        public HttpUrl.Builder path(HttpUrl.Builder agent) {
            return agent.addPathSegments("v1/agent/connect/ca/roots");
        }

        @Override
        public void answer(Answer answer, ConsulLine line) throws ConsulException {
            roots = RootsAnswer.read(answer);
            rootsTrouble = null;
            tell();
        }

        @Override
        public void failed(String reason) {
            rootsTrouble = reason;
            tell();
        }
    }
}
