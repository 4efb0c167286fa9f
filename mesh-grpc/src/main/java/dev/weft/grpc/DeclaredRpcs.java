package dev.weft.grpc;

import dev.weft.annotation.DeclaredClient;
import dev.weft.policy.LayerValues;
import io.grpc.MethodDescriptor;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;

/** What an annotated interface says of each RPC: its methods are named as the RPCs are, in Java's case or the proto's. */
final class DeclaredRpcs {
    private final LayerValues others;
    private final Map<String, LayerValues> byName = new HashMap<>();

    DeclaredRpcs(DeclaredClient client) {
        this.others = client.values();
        for (Method method : client.type().getMethods()) {
            String name = method.getName();
            LayerValues values = client.values(method);
            byName.put(name, values);
            byName.put(Character.toUpperCase(name.charAt(0)) + name.substring(1), values);
        }
    }

    LayerValues of(MethodDescriptor<?, ?> rpc) {
        String name = rpc.getBareMethodName();
        return name == null ? others : byName.getOrDefault(name, others);
    }
}
