package dev.weft.policy;

import dev.weft.file.SeenFile;
import dev.weft.file.WatchedFiles;
import dev.weft.time.Time;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The policy in a file, watched as {@link WatchedFiles} does it: through links, for in-place writes and renames, and
 * never half-written.
 *
 * <p>The file need not be there. What it holds at the start is told before {@link #start} returns.
 */
public final class FilePolicySource implements PolicySource {
    private final Path file;
    private final WatchedFiles watched;
    private volatile @Nullable Listener listener;

    public FilePolicySource(Path file, Time time) {
        this.file = file;
        this.watched = new WatchedFiles(List.of(file), SourceText.LIMIT_BYTES, time, "weft-policy-file", this::seen);
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public void start(Listener listener) {
        this.listener = listener;
        watched.start();
    }

    /** One look; for tests. */
    void look(Listener listener) {
        this.listener = listener;
        watched.look();
    }

    @Override
    public void close() {
        watched.close();
    }

    private void seen(List<SeenFile> files) {
        SeenFile now = files.get(0);
        Listener told = listener;
        if (told == null) {
            return;
        }
        byte[] bytes = now.bytes();
        String trouble = now.trouble();
        if (bytes != null) {
            told.text(new PolicyText(name(), bytes, 0));
        } else if (trouble != null) {
            told.failed(trouble);
        } else {
            told.absent();
        }
    }
}
