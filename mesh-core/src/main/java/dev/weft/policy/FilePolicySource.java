package dev.weft.policy;

import dev.weft.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy in a file. The file is looked at five times a second, which works alike on every file system, through
 * symbolic links, and for editors that write in place or rename; what is seen is told once it has stood still from one
 * look to the next, so that half-written text is not taken for a policy.
 *
 * <p>The file need not be there. What it holds at the start is told before {@link #start} returns.
 */
public final class FilePolicySource implements PolicySource {
    private static final Logger log = LoggerFactory.getLogger(FilePolicySource.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    /** Some file systems note times in steps of two seconds: for so long the same time may hide another write. */
    private static final Duration COARSEST_TIME = Duration.ofSeconds(3);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    private final Path file;
    private final Time time;
    private final Thread thread;
    private volatile @Nullable Listener listener;
    private volatile boolean closed;

    // Confined to one look at a time: the first in start(), the others in the thread.
    private @Nullable FileSighting last;
    private @Nullable FileSighting told;
    private byte @Nullable [] toldBytes;
    private boolean certain;

    public FilePolicySource(Path file, Time time) {
        this.file = file;
        this.time = time;
        this.thread = new Thread(this::watch, "weft-policy-file");
        thread.setDaemon(true);
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public void start(Listener listener) {
        this.listener = listener;
        // Twice, as what is there at the start need not stand still first.
        look(listener);
        look(listener);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() != thread) {
            try {
                thread.join(LONGEST_CLOSE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void watch() {
        while (!closed) {
            time.park(() -> closed, time.nanos() + BETWEEN_LOOKS.toNanos());
            Listener told = listener;
            if (!closed && told != null) {
                look(told);
            }
        }
    }

    /** One look; what it shows is told if the look before showed the same. */
    void look(Listener listener) {
        try {
            FileSighting now = FileSighting.of(file);
            boolean stoodStill = now.equals(last);
            last = now;
            if (stoodStill && !(now.equals(told) && certain)) {
                tell(now, listener);
            }
        } catch (RuntimeException | Error e) {
            log.error("looking at the policy file {} failed; it is looked at again", file, e);
        }
    }

    private void tell(FileSighting now, Listener listener) {
        boolean news = !now.equals(told);
        certain = !now.isFile() || now.isOlderThan(COARSEST_TIME, time.now());
        if (now.isFile()) {
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(SourceText.LIMIT_BYTES + 1);
            } catch (IOException e) {
                last = null;
                listener.failed(FileSighting.reason(e));
                return;
            }
            if (!FileSighting.of(file).equals(now)) {
                return;
            }
            told = now;
            if (news || !Arrays.equals(bytes, toldBytes)) {
                toldBytes = bytes;
                listener.text(new PolicyText(name(), bytes, 0));
            }
        } else if (news) {
            told = now;
            toldBytes = null;
            String trouble = now.trouble();
            if (trouble == null) {
                listener.absent();
            } else {
                listener.failed(trouble);
            }
        }
    }
}
