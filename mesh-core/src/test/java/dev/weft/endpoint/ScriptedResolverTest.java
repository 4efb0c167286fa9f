package dev.weft.endpoint;

import dev.weft.testkit.ResolverContract;
import dev.weft.testkit.ScriptedResolver;
import java.util.List;

/** The test kit's own resolver keeps what it asks of others. */
class ScriptedResolverTest extends ResolverContract {
    private final ScriptedResolver source = new ScriptedResolver();

    @Override
    protected Resolver resolver() {
        return source;
    }

    @Override
    protected void serve(String service, List<Endpoint> endpoints) {
        source.serve(service, endpoints);
    }

    @Override
    protected void breakSource() {
        source.fail("of the test");
    }

    @Override
    protected void mendSource() {
        source.mend();
    }
}
