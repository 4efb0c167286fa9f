package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.ResolverContract;
import dev.weft.testkit.ScriptedResolver;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where one service has a source of its own. */
class PerServiceResolverTest extends ResolverContract {
    private final ScriptedResolver own = new ScriptedResolver();
    private final ScriptedResolver others = new ScriptedResolver();

    @Override
    protected Resolver resolver() {
        return Resolvers.perService(Map.of("inventory", own), others);
    }

    @Override
    protected void serve(String service, List<Endpoint> endpoints) {
        (service.equals("inventory") ? own : others).serve(service, endpoints);
    }

    @Override
    protected void breakSource() {
        own.fail("its own is broken");
        others.fail("that of the others is broken");
    }

    @Override
    protected void mendSource() {
        own.mend();
        others.mend();
    }

    @Test
    void nobodyElseIsAskedForWhoHasASourceOfItsOwn() {
        others.serve("inventory", "10.1.0.9:80");
        own.serve("inventory", "10.1.0.1:80");
        watch("inventory").awaits("10.1.0.1:80");
        assertThat(others.watches()).isZero();
        others.serve("pricing", "10.1.0.2:80");
        watch("pricing").awaits("10.1.0.2:80");
        assertThat(own.watches()).isOne();
        assertThat(others.watches()).isOne();
    }
}
