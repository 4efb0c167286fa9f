package dev.weft.consul;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last good list of one service on disk, for a start without Consul. Confined to the watch's thread. */
final class KeptList {
    private static final Logger log = LoggerFactory.getLogger(KeptList.class);

    private final Path file;

    private KeptList(Path file) {
        this.file = file;
    }

    static @Nullable KeptList in(@Nullable Path folder, String kind, @Nullable String datacenter, String service) {
        if (folder == null) {
            return null;
        }
        String name = kind + "-" + (datacenter == null ? "" : datacenter + "-") + service;
        return new KeptList(folder.resolve(URLEncoder.encode(name, StandardCharsets.UTF_8) + ".json"));
    }

    /** What was kept, or null where there is nothing of use. Never fails. */
    @Nullable
    Copy read() {
        try {
            return Json.read(file.toString(), Files.readAllBytes(file), Stored.class)
                    .copy();
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            log.warn("kept list {} is of no use: {}", file, e.getMessage());
            return null;
        }
    }

    /** Keeps a list; a reader sees the old one or the new one, whole. Never fails. */
    void write(List<Endpoint> endpoints, long index, Instant now) {
        List<Line> lines = new ArrayList<>(endpoints.size());
        endpoints.forEach(endpoint -> lines.add(Line.of(endpoint)));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), ".kept", ".json");
            try {
                Files.write(fresh, Json.write(new Stored(now.toString(), index, lines)));
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            log.warn("the list could not be kept in {}: {}", file, e.toString());
        }
    }

    /** A list, when it was good, and at which of Consul's indexes. */
    record Copy(Instant savedAt, long index, List<Endpoint> endpoints) {}

    record Stored(
            @Nullable String savedAt, long index, @Nullable List<@Nullable Line> endpoints) {
        Copy copy() {
            if (savedAt == null || endpoints == null) {
                throw new IllegalArgumentException("it is not complete");
            }
            List<Endpoint> list = new ArrayList<>(endpoints.size());
            for (Line line : endpoints) {
                if (line == null) {
                    throw new IllegalArgumentException("it has an empty entry");
                }
                list.add(line.endpoint());
            }
            return new Copy(Instant.parse(savedAt), index, list);
        }
    }

    record Line(
            @Nullable String host,
            int port,
            int weight,
            @Nullable String zone,
            @Nullable String version,
            @Nullable Map<String, String> metadata,
            @Nullable Health health) {
        static Line of(Endpoint e) {
            return new Line(e.host(), e.port(), e.weight(), e.zone(), e.version(), e.metadata(), e.health());
        }

        Endpoint endpoint() {
            if (host == null || zone == null || version == null || metadata == null || health == null) {
                throw new IllegalArgumentException("an entry is not complete");
            }
            return new Endpoint(host, port, weight, zone, version, metadata, health);
        }
    }
}
