package dev.weft.grpc.server;

import io.grpc.Metadata;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Finds a header whatever the case of its name. */
enum MetadataGetter implements TextMapGetter<Metadata> {
    INSTANCE;

    @Override
    @SuppressWarnings("deprecation") // abstract all the same
    public Iterable<String> keys(Metadata headers) {
        return headers.keys();
    }

    @Override
    public @Nullable String get(@Nullable Metadata headers, String name) {
        Metadata.Key<String> key = key(name);
        return headers == null || key == null ? null : headers.get(key);
    }

    @Override
    public Iterator<String> getAll(@Nullable Metadata headers, String name) {
        Metadata.Key<String> key = key(name);
        Iterable<String> all = headers == null || key == null ? null : headers.getAll(key);
        return all == null ? Collections.emptyIterator() : all.iterator();
    }

    private static Metadata.@Nullable Key<String> key(String name) {
        try {
            return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        } catch (IllegalArgumentException e) {
            // No name that gRPC's text headers can have, so none that is there.
            return null;
        }
    }
}
