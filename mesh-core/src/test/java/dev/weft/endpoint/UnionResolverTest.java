package dev.weft.endpoint;

import dev.weft.testkit.ResolverContract;
import dev.weft.testkit.ScriptedResolver;
import java.util.List;

/** Of two sources, each of which knows a half. */
class UnionResolverTest extends ResolverContract {
    private final ScriptedResolver first = new ScriptedResolver();
    private final ScriptedResolver second = new ScriptedResolver();

    @Override
    protected Resolver resolver() {
        return Resolvers.union(first, second);
    }

    @Override
    protected void serve(String service, List<Endpoint> endpoints) {
        int half = endpoints.size() / 2;
        first.serve(service, endpoints.subList(0, half));
        second.serve(service, endpoints.subList(half, endpoints.size()));
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
