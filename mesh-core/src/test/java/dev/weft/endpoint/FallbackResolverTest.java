package dev.weft.endpoint;

import dev.weft.testkit.ResolverContract;
import dev.weft.testkit.ScriptedResolver;
import java.util.List;

/** Whose first source knows nothing, so that the second one serves. */
class FallbackResolverTest extends ResolverContract {
    private final ScriptedResolver first = new ScriptedResolver();
    private final ScriptedResolver second = new ScriptedResolver();

    @Override
    protected Resolver resolver() {
        return Resolvers.fallback(first, second);
    }

    @Override
    protected void serve(String service, List<Endpoint> endpoints) {
        second.serve(service, endpoints);
    }

    @Override
    protected void breakSource() {
        first.fail("the first is broken");
        second.fail("the second is broken");
    }

    @Override
    protected void mendSource() {
        first.mend();
        second.mend();
    }
}
