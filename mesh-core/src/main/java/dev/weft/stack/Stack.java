package dev.weft.stack;

import dev.weft.call.Filter;
import dev.weft.call.Service;
import dev.weft.policy.Setting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ordered layers that a request goes through, top first. Immutable: each change gives a new stack.
 */
public final class Stack {
    private final List<Entry> entries;

    private Stack(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** A stack without layers; built up with {@link #then}. */
    public static Stack empty() {
        return new Stack(List.of());
    }

    /** With {@code layer} below all others; slots come in their own order. */
    public Stack then(Slot slot, Stackable layer) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.add(new Entry(slot, layer));
        return new Stack(changed);
    }

    /** With {@code layer} directly above what stands in {@code slot}. */
    public Stack before(Slot slot, Stackable layer) {
        int at = 0;
        while (at < entries.size() && entries.get(at).slot.compareTo(slot) < 0) {
            at++;
        }
        return insert(at, slot, layer);
    }

    /** With {@code layer} directly below what stands in {@code slot}. */
    public Stack after(Slot slot, Stackable layer) {
        if (slot == Slot.WIRE) {
            throw new IllegalArgumentException("nothing can stand below " + slot + ": the wire answers the call");
        }
        int at = entries.size();
        while (at > 0 && entries.get(at - 1).slot.compareTo(slot) > 0) {
            at--;
        }
        return insert(at, slot, layer);
    }

    private Stack insert(int at, Slot slot, Stackable layer) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.add(at, new Entry(slot, layer));
        return new Stack(changed);
    }

    /** With {@code layer} in place of all that stands in {@code slot}. */
    public Stack replace(Slot slot, Stackable layer) {
        return without(slot).before(slot, layer);
    }

    /** Without what stands in {@code slot}. */
    public Stack remove(Slot slot) {
        if (slot == Slot.RETRY || slot == Slot.BALANCE) {
            throw new IllegalArgumentException(slot + " makes the attempts or picks the node: it can be replaced, not"
                    + " removed; set retry.attempts: 1 for no retries");
        }
        return without(slot);
    }

    private Stack without(Slot slot) {
        return new Stack(entries.stream().filter(entry -> entry.slot != slot).toList());
    }

    /** Every setting that some layer reads, in stack order. */
    public List<Setting<?>> settings() {
        List<Setting<?>> settings = new ArrayList<>();
        entries.forEach(entry -> settings.addAll(entry.layer.settings()));
        return Collections.unmodifiableList(settings);
    }

    /** Folds the layers that the policy wants over the wire. */
    public <R> Service<R> build(Fit<R> fit) {
        Service<R> chain = fit.wire().under(fit.policy());
        for (int i = entries.size() - 1; i >= 0; i--) {
            Filter<R> filter = entries.get(i).layer.filter(fit);
            if (filter != null) {
                chain = filter.around(chain);
            }
        }
        return chain;
    }

    /** The stack as people read it: a line for each layer with its reason, marked {@code -} where policy leaves it off. */
    public String print(@Nullable Fit<?> fit) {
        StringBuilder text = new StringBuilder();
        boolean perNode = false;
        for (Entry entry : entries) {
            if (!perNode && entry.slot.compareTo(Slot.BALANCE) > 0) {
                perNode = true;
                text.append("  -- per node --\n");
            }
            boolean on = fit == null || entry.layer.filter(fit) != null;
            text.append(String.format(
                    "%s %-10s %-18s %s%n", on ? "+" : "-", entry.slot, entry.layer.name(), entry.slot.why()));
        }
        text.append(String.format("+ %-10s %-18s %s%n", Slot.WIRE, "", Slot.WIRE.why()));
        return text.toString();
    }

    @Override
    public String toString() {
        return print(null);
    }

    private record Entry(Slot slot, Stackable layer) {}
}
