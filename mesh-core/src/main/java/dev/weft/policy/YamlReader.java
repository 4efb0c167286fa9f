package dev.weft.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * From text to nodes with their places. Built on the parser's events, which come one by one: depth is checked before
 * anything nests, and what a policy has no use for (anchors, tags, several documents) ends it at its first sight.
 */
final class YamlReader {
    private static final int DEEPEST = 20;

    private final String source;
    private final Iterator<Event> events;
    private int depth;

    private YamlReader(String source, Iterator<Event> events) {
        this.source = source;
        this.events = events;
    }

    /** The root, or null for a text that says nothing. */
    static @Nullable YamlNode read(String source, String text) {
        // Read in one piece: where a piece of snakeyaml-engine 2.10 ends between two surrogates, it fails.
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setBufferSize(text.length() + 1)
                .build();
        try {
            YamlReader reader =
                    new YamlReader(source, new Parse(settings).parseString(text).iterator());
            return reader.document();
        } catch (MarkedYamlEngineException e) {
            String problem = e.getProblem() == null ? String.valueOf(e.getContext()) : e.getProblem();
            Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
            throw new PolicyRefused(List.of(error(source, mark, "cannot be read: " + PlainWords.of(problem))));
        } catch (YamlEngineException | StackOverflowError e) {
            // No place is known; the reader checks for all causes of these that we know of.
            String problem = e.getMessage() == null ? e.toString() : e.getMessage();
            throw new PolicyRefused(
                    List.of(error(source, Optional.empty(), "cannot be read: " + PlainWords.of(problem))));
        }
    }

    private @Nullable YamlNode document() {
        YamlNode root = null;
        boolean seen = false;
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case StreamStart, DocumentEnd, StreamEnd, Comment -> {}
                case DocumentStart -> {
                    if (seen) {
                        throw refused(event, "a policy is one document; take out what follows ---");
                    }
                    seen = true;
                }
                default -> root = node(event);
            }
        }
        return root instanceof YamlNode.Scalar scalar && scalar.isNull() ? null : root;
    }

    private YamlNode node(Event event) {
        int line = line(event.getStartMark());
        int column = column(event.getStartMark());
        if (event instanceof AliasEvent) {
            throw refused(
                    event,
                    "aliases (*name) are not used in policies; write the value out, or quote it where a star is"
                            + " meant");
        }
        NodeEvent node = (NodeEvent) event;
        if (node.getAnchor().isPresent()) {
            throw refused(event, "anchors (&name) are not used in policies; write the value where it is wanted");
        }
        if (event instanceof ScalarEvent scalar) {
            refuseTag(event, scalar.getTag());
            return new YamlNode.Scalar(scalar.getValue(), scalar.isPlain(), line, column);
        }
        if (++depth > DEEPEST) {
            throw refused(event, "is nested more than " + DEEPEST + " levels deep");
        }
        YamlNode collection = event instanceof SequenceStartEvent sequence
                ? sequence(sequence, line, column)
                : mapping((MappingStartEvent) event, line, column);
        depth--;
        return collection;
    }

    private YamlNode sequence(SequenceStartEvent start, int line, int column) {
        refuseTag(start, start.getTag());
        List<YamlNode> items = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            items.add(node(event));
        }
        return new YamlNode.Sequence(items, line, column);
    }

    private YamlNode mapping(MappingStartEvent start, int line, int column) {
        refuseTag(start, start.getTag());
        List<YamlNode.Entry> entries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            if (!(node(event) instanceof YamlNode.Scalar key)) {
                throw refused(event, "a key must be one word");
            }
            if (!seen.add(key.text())) {
                throw refused(event, "the key " + PlainWords.quote(key.text()) + " stands here twice");
            }
            entries.add(new YamlNode.Entry(key, node(events.next())));
        }
        return new YamlNode.Mapping(entries, line, column);
    }

    private void refuseTag(Event event, Optional<String> tag) {
        if (tag.isPresent()) {
            throw refused(event, "tags (" + PlainWords.of(tag.get()) + ") are not used in policies");
        }
    }

    private PolicyRefused refused(Event event, String problem) {
        return new PolicyRefused(List.of(error(source, event.getStartMark(), problem)));
    }

    private static PolicyError error(String source, Optional<Mark> mark, String problem) {
        return new PolicyError(source, line(mark), column(mark), "", problem, null, null);
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(Mark::getLine).orElse(0) + 1;
    }

    private static int column(Optional<Mark> mark) {
        return mark.map(Mark::getColumn).orElse(0) + 1;
    }
}
