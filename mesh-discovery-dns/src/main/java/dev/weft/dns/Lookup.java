package dev.weft.dns;

import java.util.concurrent.CompletionStage;
import org.xbill.DNS.Name;

/** How the endpoints behind a complete name are found. */
@FunctionalInterface
interface Lookup {
    CompletionStage<Found> find(Name name);
}
