package dev.weft.grpc;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the application sends in one call, to whichever attempts are under way. Kept, so that another attempt can send
 * it again, until the call is committed: a server has answered, or there is more than {@link #BUFFER_LIMIT} of it.
 *
 * <p>Thread-safe. A message is written under the lock: it alone keeps the order where the application sends on while
 * another attempt catches up.
 *
 * @param <Q> the application's requests
 */
final class Outgoing<Q> {
    /** As gRPC has it for each call. */
    static final long BUFFER_LIMIT = 1 << 20;

    final MethodDescriptor<Q, ?> method;
    /** For each attempt: its deadline is the mesh's, and so is whether it waits. */
    final CallOptions options;

    final boolean waitForReady;
    final Metadata headers;
    /** The application's, without its cancellation and deadline: those are the call's. */
    final Context context;

    private final Runnable onReady;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Message<Q>> messages = new ArrayList<>(1);
    private final List<Exchange> attempts = new ArrayList<>(1);
    private long buffered;
    private boolean complete;
    /** Whose answer came before it was sent all that there is; nothing is forgotten until it was. */
    private @Nullable Exchange early;

    private volatile boolean overflowed;
    private volatile boolean committed;

    /** @param onReady told when an attempt can take more */
    Outgoing(MethodDescriptor<Q, ?> method, CallOptions options, Metadata headers, Context context, Runnable onReady) {
        this.method = method;
        this.waitForReady = options.isWaitForReady();
        this.options = options.withDeadline(null).withoutWaitForReady();
        this.headers = headers;
        this.context = context;
        this.onReady = onReady;
    }

    /** A request that is complete, once more: it is sent again or not whatever becomes of this one. */
    private Outgoing(Outgoing<Q> of) {
        method = of.method;
        waitForReady = of.waitForReady;
        options = of.options;
        headers = of.headers;
        context = of.context;
        onReady = of.onReady;
        of.messages.forEach(message -> messages.add(message.copy()));
        buffered = of.buffered;
        complete = true;
    }

    Outgoing<Q> copy() {
        lock.lock();
        try {
            return new Outgoing<>(this);
        } finally {
            lock.unlock();
        }
    }

    /** The message of a unary call as it goes out; null where it is not there, or too large to be sent again. */
    @Nullable
    Bytes message() {
        lock.lock();
        try {
            return committed || overflowed || messages.size() != 1
                    ? null
                    : messages.get(0).bytes();
        } finally {
            lock.unlock();
        }
    }

    /** What a unary call asks, as the application gave it; null where it gave nothing. */
    @Nullable
    Q question() {
        lock.lock();
        try {
            return messages.isEmpty() ? null : messages.get(0).value();
        } finally {
            lock.unlock();
        }
    }

    /** The last text of that name in its metadata, or null. */
    @Nullable
    String header(String name) {
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            return null;
        }
        try {
            return headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        } catch (IllegalArgumentException e) {
            // No name that gRPC's text headers can have, so none that is there.
            return null;
        }
    }

    /** Whether all of it could be sent once more. */
    boolean replayable() {
        return !committed;
    }

    /** Whether it is not replayable for its size. */
    boolean overflowed() {
        return overflowed;
    }

    /** No further attempt will be made. */
    void commit() {
        if (committed) {
            return;
        }
        lock.lock();
        try {
            committed = true;
            forget();
        } finally {
            lock.unlock();
        }
    }

    /** {@code attempt} is answered, and no further one will be made; false where another was answered before it was sent. */
    boolean answered(Exchange attempt) {
        lock.lock();
        try {
            boolean sent = attempts.contains(attempt);
            if (!committed) {
                committed = true;
                early = sent ? null : attempt;
                forget();
                return true;
            }
            return sent || early == attempt;
        } finally {
            lock.unlock();
        }
    }

    private void forget() {
        if (early == null) {
            messages.forEach(Message::close);
            if (method.getType() != MethodDescriptor.MethodType.UNARY) {
                messages.clear();
            }
        }
    }

    void send(Q value, boolean compressed) {
        lock.lock();
        try {
            boolean kept = !committed || early != null;
            if (!kept && attempts.isEmpty()) {
                return;
            }
            Message<Q> message = new Message<>(method, value, compressed);
            if (kept) {
                buffered += message.length();
                if (buffered > BUFFER_LIMIT) {
                    overflowed = true;
                }
                messages.add(message);
            }
            for (int i = 0; i < attempts.size(); i++) {
                attempts.get(i).stream().send(message.open(), compressed);
            }
            // Without an attempt under way there will be one, which needs it all.
            if (overflowed && !attempts.isEmpty()) {
                commit();
            }
        } finally {
            lock.unlock();
        }
    }

    void complete() {
        lock.lock();
        try {
            complete = true;
            for (int i = 0; i < attempts.size(); i++) {
                attempts.get(i).stream().halfClose();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends what there is, and from now on whatever comes, over {@code attempt} too; false where it is too late for it. */
    boolean sendOver(Exchange attempt) {
        lock.lock();
        try {
            if (committed && early != attempt) {
                return false;
            }
            early = null;
            attempts.add(attempt);
            for (int i = 0; i < messages.size(); i++) {
                Message<Q> message = messages.get(i);
                attempt.stream().send(message.open(), message.compressed);
            }
            if (complete) {
                attempt.stream().halfClose();
            }
            if (overflowed || committed) {
                committed = true;
                forget();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** {@code attempt} takes no more. */
    void left(Exchange attempt) {
        lock.lock();
        try {
            attempts.remove(attempt);
            if (early == attempt) {
                early = null;
                forget();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean ready() {
        lock.lock();
        try {
            return attempts.stream().anyMatch(attempt -> attempt.stream().ready());
        } finally {
            lock.unlock();
        }
    }

    void becameReady() {
        onReady.run();
    }
}
