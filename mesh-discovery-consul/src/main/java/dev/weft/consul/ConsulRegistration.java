package dev.weft.consul;

import dev.weft.endpoint.Health;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.AgentClient;
import org.kiwiproject.consul.NotRegisteredException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An instance of this process in Consul's list of services: registered as soon as Consul can be reached, again
 * when the agent has forgotten it, and taken out when it is closed. Thread-safe.
 */
public final class ConsulRegistration implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ConsulRegistration.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private final Kiwi kiwi;
    private final ConsulLine line;
    private final String id;
    private final Map<String, Object> body;
    private final boolean tells;
    private final Duration period;
    private final Loop loop;
    private volatile Health wanted = Health.HEALTHY;
    private volatile boolean registered;

    ConsulRegistration(ConsulHttp http, Registration registration) {
        this.kiwi = http.kiwi();
        this.line = new ConsulLine(http);
        this.id = registration.id;
        this.body = registration.body();
        this.tells = registration.tellsItself();
        this.period = tells ? registration.every.dividedBy(3) : LOOK_AGAIN;
        this.loop = new Loop("registration of " + id, http.config().time(), new Keeping());
        loop.start();
    }

    /** What tells this instance from all others at its agent. */
    public String id() {
        return id;
    }

    /** Whether Consul had it when it was last asked. */
    public boolean registered() {
        return registered;
    }

    /**
     * Tells how this instance is. {@link Health#DRAINING} puts it into maintenance, so that callers finish what they
     * have and send nothing new; the others count only where the agent does not ask a URL.
     */
    public void health(Health health) {
        wanted = health;
        loop.wake();
    }

    /** Takes the instance out of the list. */
    @Override
    public void close() {
        loop.close();
        // Should the last act take longer than closing waits.
        kiwi.close();
    }

    private final class Keeping implements Loop.Work {
        private @Nullable Health told;
        private boolean tried;

        @Override
        public long step() throws IOException {
            if (!registered) {
                tried = true;
                line.put(Keeping::path, body).successful();
                registered = true;
                told = null;
            }
            Health health = wanted;
            if (!kiwi.call("telling the health of " + id, consul -> tell(consul.agentClient(), health))) {
                registered = false;
                log.info("{}: the agent has forgotten it; registering it again", id);
                return 0;
            }
            told = health;
            return period.toNanos();
        }

        /** Whether the agent still knows the instance. */
        private boolean tell(AgentClient agent, Health health) {
            try {
                if (!agent.isRegistered(id)) {
                    return false;
                }
                if (health == Health.DRAINING || told == Health.DRAINING || told == null) {
                    agent.toggleMaintenanceMode(id, health == Health.DRAINING, "draining");
                }
                if (tells) {
                    switch (health) {
                        case HEALTHY -> agent.pass(id);
                        case DEGRADED -> agent.warn(id);
                        case UNHEALTHY, DRAINING -> agent.fail(id);
                    }
                }
                return true;
            } catch (NotRegisteredException e) {
                return false;
            }
        }

        private static HttpUrl.Builder path(HttpUrl.Builder agent) {
            return agent.addPathSegments("v1/agent/service/register");
        }

        @Override
        public void failed(String reason) {
            // Told in the log by the loop; there is nobody else to tell.
        }

        @Override
        public void cut() {
            line.cut();
            kiwi.cut();
        }

        @Override
        public void end() {
            if (!tried) {
                return;
            }
            try {
                kiwi.call("deregistering " + id, consul -> {
                    consul.agentClient().deregister(id);
                    return id;
                });
                registered = false;
            } catch (ConsulException e) {
                log.warn("{} stays in Consul until it is found dead: {}", id, e.getMessage());
            }
        }
    }
}
