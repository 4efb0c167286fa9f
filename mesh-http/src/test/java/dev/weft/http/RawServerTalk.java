package dev.weft.http;

/** Ways in which a {@link RawServer} treats its clients. */
final class RawServerTalk {
    /** Answers every request. */
    static final RawServer.Manners POLITE = peer -> {
        while (true) {
            peer.readRequest();
            peer.ok("fine");
        }
    };

    private RawServerTalk() {}
}
