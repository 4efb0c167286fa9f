package dev.weft.quickstart.stage;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.policy.FilePolicySource;
import dev.weft.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The embedded default: a policy file that is watched, with the endpoints in it. For use by one thread. */
public final class FileBackend implements Backend {
    private final Path file;
    private final Map<String, List<String>> endpoints = new TreeMap<>();

    public FileBackend(Path folder) {
        this.file = folder.resolve("policy.yaml");
    }

    @Override
    public String name() {
        return "the policy file " + file + ", with the endpoints in it";
    }

    @Override
    public void save(String policy) {
        try {
            // As careful editors do: never half a file.
            Path draft = Files.writeString(file.resolveSibling("policy.draft"), policy);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void join(ReplicaProcess replica) {
        endpoints
                .computeIfAbsent(replica.service(), service -> new ArrayList<>())
                .add(replica.address());
    }

    @Override
    public void write(PolicyDraft policy) {
        endpoints.forEach((service, addresses) -> policy.replace(
                "  " + service + ":\n",
                "  " + service + ":\n    discovery: {endpoints: [\"" + String.join("\", \"", addresses) + "\"]}\n"));
    }

    @Override
    public MeshBuilder mesh() {
        return Mesh.builder().policy(new FilePolicySource(file, Time.system()));
    }

    @Override
    public void close() {}
}
