package dev.weft.consul;

import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.model.session.ImmutableSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keys are bound to that shall not outlive this process: they go when it ends the session, and within twice the TTL
 * when it dies. One that Consul has lost is made anew. Confined to one thread.
 */
final class Session {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final Kiwi kiwi;
    private final String owner;
    private final String ttl;
    private @Nullable String id;

    /**
     * @param owner what it is for, in Consul and in messages
     * @param ttl such as {@code 15s}, the least that Consul takes is 10 s
     */
    Session(Kiwi kiwi, String owner, String ttl) {
        this.kiwi = kiwi;
        this.owner = owner;
        this.ttl = ttl;
    }

    /** Renews it; another id than before means that all that was bound to the old one is gone. */
    String renewed() throws ConsulException {
        String known = id;
        if (known != null) {
            try {
                kiwi.call(
                        "renewing the session of " + owner,
                        consul -> consul.sessionClient().renewSession(known));
                return known;
            } catch (ConsulException e) {
                if (e.status() != 404) {
                    throw e;
                }
                log.info("{}: Consul has lost the session; making a new one", owner);
            }
        }
        id = null;
        String made = kiwi.call(
                "making a session for " + owner,
                consul -> consul.sessionClient()
                        .createSession(ImmutableSession.builder()
                                .name("weft " + owner)
                                .ttl(ttl)
                                .behavior("delete")
                                .lockDelay("0s")
                                .build())
                        .getId());
        id = made;
        return made;
    }

    /** Ends it, with all that is bound to it. */
    void end() {
        String known = id;
        if (known == null) {
            return;
        }
        try {
            kiwi.call("ending the session of " + owner, consul -> {
                consul.sessionClient().destroySession(known);
                return known;
            });
        } catch (ConsulException e) {
            log.warn("{} stays until its session runs out: {}", owner, e.getMessage());
        }
    }
}
