package dev.weft.dns;

import java.util.concurrent.CompletionStage;
import org.xbill.DNS.Name;

/** How the endpoints behind a complete name are found. */
@FunctionalInterface
interface Lookup {
    CompletionStage<Found> find(Name name, Answers answers);

    /** Who answers: the name servers, or what they said before. */
    @FunctionalInterface
    interface Answers {
        /** What there is of a type under a complete name, aliases followed. */
        CompletionStage<Held> ask(Name name, int type);
    }
}
