package dev.weft.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/** Makes calls to one logical service. */
final class MeshChannel extends Channel {
    private final MeshGrpc grpc;
    private final String service;

    MeshChannel(MeshGrpc grpc, String service) {
        this.grpc = grpc;
        this.service = service;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        return new MeshClientCall<>(grpc, service, method, options);
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
