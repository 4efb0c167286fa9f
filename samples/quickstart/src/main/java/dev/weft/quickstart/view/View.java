package dev.weft.quickstart.view;

import java.time.Duration;
import java.util.List;

/** Shows the day. Thread-safe. */
public interface View extends AutoCloseable {
    /** How often it wants a picture. */
    Duration interval();

    void show(Picture picture);

    /** What happens now. */
    void say(String words);

    /** What became of a promise. */
    void promise(Promised promised);

    /** Ends the show; what comes after it is printed below. */
    @Override
    void close();

    /** The summary, and whether all promises held. */
    void summary(List<Promised> promises);
}
