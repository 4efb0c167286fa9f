package dev.weft.file;

import dev.weft.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a few small files that belong together. They are looked at five times a second, which works alike on every
 * file system, through symbolic links that are swapped, and for editors that write in place or rename. What is seen is
 * told once all of it has stood still from one look to the next, so that half-written files, or the half of a set, are
 * rarely taken for the whole; and only where it differs from what was told before.
 *
 * <p>The files need not be there. The listener is told on the thread that starts, then on a daemon thread of its own.
 */
public final class WatchedFiles implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WatchedFiles.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    /** Some file systems note times in steps of two seconds: for so long the same time may hide another write. */
    private static final Duration COARSEST_TIME = Duration.ofSeconds(3);

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

    private final List<Path> files;
    private final int limitBytes;
    private final Time time;
    private final Listener listener;
    private final Thread thread;
    private volatile boolean closed;

    // Confined to one look at a time: the first in start(), the others in the thread.
    private List<FileSighting> last = List.of();
    private List<FileSighting> told = List.of();
    private List<SeenFile> toldFiles = List.of();
    private boolean certain;

    /**
     * @param limitBytes no more than this is read of each file, and one byte that tells that there is more
     * @param name of the thread
     */
    public WatchedFiles(List<Path> files, int limitBytes, Time time, String name, Listener listener) {
        this.files = List.copyOf(files);
        this.limitBytes = limitBytes;
        this.time = time;
        this.listener = listener;
        this.thread = new Thread(this::watch, name);
        thread.setDaemon(true);
    }

    /** Tells what is there now, before it returns, and then of every change. */
    public void start() {
        // Twice, as what is there at the start need not stand still first.
        look();
        look();
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
            if (!closed) {
                look();
            }
        }
    }

    /** One look; what it shows is told if the look before showed the same. Not while another look is under way. */
    public void look() {
        try {
            List<FileSighting> now = sightings();
            boolean stoodStill = now.equals(last);
            last = now;
            if (stoodStill && !(now.equals(told) && certain)) {
                tell(now);
            }
        } catch (RuntimeException | Error e) {
            log.error("looking at {} failed; looking again", files, e);
        }
    }

    private List<FileSighting> sightings() {
        return files.stream().map(FileSighting::of).toList();
    }

    private void tell(List<FileSighting> now) {
        boolean settled = true;
        List<SeenFile> seen = new ArrayList<>(files.size());
        for (int i = 0; i < files.size(); i++) {
            SeenFile file = read(files.get(i), now.get(i));
            seen.add(file);
            settled &= file.bytes() != null
                    ? now.get(i).isOlderThan(COARSEST_TIME, time.now())
                    : !now.get(i).isFile();
        }
        if (!sightings().equals(now)) {
            return;
        }
        told = now;
        certain = settled;
        if (!seen.equals(toldFiles)) {
            toldFiles = seen;
            listener.seen(seen);
        }
    }

    private SeenFile read(Path path, FileSighting sighting) {
        if (!sighting.isFile()) {
            return new SeenFile(path, null, sighting.trouble());
        }
        try (InputStream in = Files.newInputStream(path)) {
            return new SeenFile(path, in.readNBytes(limitBytes + 1), null);
        } catch (IOException e) {
            return new SeenFile(path, null, FileSighting.reason(e));
        }
    }

    /** Who is told; calls never overlap. */
    public interface Listener {
        /** All files of the set as they are now, in the set's order. */
        void seen(List<SeenFile> files);
    }
}
