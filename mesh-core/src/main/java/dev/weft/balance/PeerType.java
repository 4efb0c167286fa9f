package dev.weft.balance;

import dev.weft.policy.SettingType;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link Peer} as policy writes it: {@code 3/40}, or {@code unknown}. */
final class PeerType implements SettingType<Peer> {
    private static final Pattern PEER = Pattern.compile("(\\d{1,7})/(\\d{1,7})");
    private static final String UNKNOWN = "unknown";

    @Override
    public Peer parse(Object raw) {
        if (UNKNOWN.equals(raw)) {
            return Peer.UNKNOWN;
        }
        if (!(raw instanceof String text)) {
            throw new IllegalArgumentException("must be text");
        }
        Matcher matcher = PEER.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("is not two whole numbers with / between");
        }
        Peer peer = new Peer(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        if (peer.index() >= peer.peers()) {
            throw new IllegalArgumentException(
                    "counts from 0: the last of " + peer.peers() + " is " + Math.max(0, peer.peers() - 1));
        }
        return peer;
    }

    @Override
    public String render(Peer peer) {
        return peer.peers() == 0 ? UNKNOWN : peer.index() + "/" + peer.peers();
    }

    @Override
    public String expects() {
        return "index/count of this instance among those of its kind, such as 0/40 to 39/40, or unknown";
    }

    @Override
    public Map<String, Object> schema() {
        return Map.of("type", "string", "pattern", "^(unknown|\\d{1,7}/\\d{1,7})$");
    }
}
