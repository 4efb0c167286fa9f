package dev.weft.quickstart.day;

import dev.weft.quickstart.stage.Stage;

/** A part of the day: does something to the services or to the policy, and says what callers are promised meanwhile. */
public interface Scene {
    /** Its name in the summary. */
    String title();

    /**
     * Whether callers of {@code service} may fail for {@code reason} in this scene. What is not announced here is a
     * broken promise.
     *
     * @param reason the fate of the call, or {@code HTTP 503}
     */
    default boolean announced(String service, String reason) {
        return false;
    }

    /** Plays it, and leaves everything healthy. */
    void play(Stage stage);
}
