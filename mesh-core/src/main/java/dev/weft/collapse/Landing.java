package dev.weft.collapse;

import dev.weft.call.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * How a flight has ended for one of those aboard.
 *
 * @param outcome what the call has come to; null where the flight ended without one for it
 * @param owned whether the answer is this call's alone, to read and to close
 * @param again without an outcome: whether the flight's time was over, and not the call's; else it goes alone
 */
record Landing<R>(@Nullable Outcome<R> outcome, boolean owned, boolean again) {}
