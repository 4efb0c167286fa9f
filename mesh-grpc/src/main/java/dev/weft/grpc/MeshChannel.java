package dev.weft.grpc;

import dev.weft.policy.LayerValues;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import java.util.function.Function;

/** Makes calls to one logical service. */
final class MeshChannel extends Channel {
    private final MeshGrpc grpc;
    private final String service;
    private final Function<MethodDescriptor<?, ?>, LayerValues> declared;

    MeshChannel(MeshGrpc grpc, String service, Function<MethodDescriptor<?, ?>, LayerValues> declared) {
        this.grpc = grpc;
        this.service = service;
        this.declared = declared;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        return new MeshClientCall<>(grpc, service, method, options, declared.apply(method));
    }

    @Override
    public String authority() {
        return service;
    }

    @Override
    public String toString() {
        return "mesh:" + service;
    }
}
