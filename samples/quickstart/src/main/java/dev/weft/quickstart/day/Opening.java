package dev.weft.quickstart.day;

import dev.weft.identity.Identity;
import dev.weft.identity.Keyring;
import dev.weft.quickstart.shop.Replica;
import dev.weft.quickstart.stage.Seen;
import dev.weft.quickstart.stage.Stage;
import dev.weft.quickstart.view.Words;
import java.io.IOException;
import java.util.List;

/** All is well, and every replica has its turn. */
final class Opening implements Scene {
    @Override
    public String title() {
        return "opening";
    }

    @Override
    public void play(Stage stage) {
        stage.say("The doors open: 100 visitors a second, spread round robin over three replicas of inventory");
        // The first calls make the connections, and all is cold.
        stage.hold(1.5);
        Seen before = stage.seen("inventory");
        stage.hold(3);
        Seen seen = stage.seen("inventory").since(before);
        List<Double> shares = List.of(seen.share("inventory-1"), seen.share("inventory-2"), seen.share("inventory-3"));
        stage.promise(
                "round robin gives each its part",
                "25 to 42 % each",
                String.join(", ", shares.stream().map(Words::percent).toList()),
                shares.stream().allMatch(share -> share >= 0.25 && share <= 0.42));
        Keyring keyring = stage.mesh().identity();
        Identity identity = keyring == null ? null : keyring.current();
        if (identity != null) {
            String us = identity.id().toString();
            String known = caller(stage);
            // The trust domain is long, and the same for all of us.
            stage.promise("replicas know who calls", identity.id().path(), path(known), known.equals(us));
        }
    }

    private static String path(String id) {
        return id.isEmpty() ? "nobody" : id.replaceFirst("^spiffe://[^/]*", "");
    }

    private static String caller(Stage stage) {
        try {
            return String.valueOf(stage.storefront().stock("lamp").headers().get(Replica.CALLER_HEADER));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
