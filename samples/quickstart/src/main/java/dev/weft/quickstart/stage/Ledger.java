package dev.weft.quickstart.stage;

import dev.weft.quickstart.view.Promised;
import dev.weft.quickstart.view.View;
import java.util.ArrayList;
import java.util.List;

/** The promises of the day and what became of them. For use by one thread. */
final class Ledger {
    private final View view;
    private final List<Promised> promises = new ArrayList<>();
    private String scene = "";

    Ledger(View view) {
        this.view = view;
    }

    void scene(String title) {
        scene = title;
    }

    void enter(String what, String expected, String seen, boolean held) {
        Promised promised = new Promised(scene, what, expected, seen, held);
        promises.add(promised);
        view.promise(promised);
    }

    List<Promised> promises() {
        return List.copyOf(promises);
    }
}
