package dev.weft.quickstart.stage;

import dev.weft.MeshBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the mesh has its policy and its endpoints from. The day is the same on each. */
public interface Backend extends AutoCloseable {
    /** What it is, for people. */
    String name();

    /** Saves the policy, as an operator does. */
    void save(String policy);

    /** What a replica has to be told to find its place here. */
    default List<String> replicaArguments() {
        return List.of();
    }

    /** Tells discovery of a replica that serves now. */
    void join(ReplicaProcess replica);

    /** Writes into the first policy what has to be in it here. */
    default void write(PolicyDraft policy) {}

    /** A mesh that goes by this policy and these endpoints. */
    MeshBuilder mesh();

    /** What operators read elsewhere of how this process stands with the policy; null where nothing is published. */
    default @Nullable String published() {
        return null;
    }

    @Override
    void close();
}
