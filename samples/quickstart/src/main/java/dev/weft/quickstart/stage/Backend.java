package dev.weft.quickstart.stage;

import dev.weft.MeshBuilder;

/** Where the mesh has its policy and its endpoints from. The day is the same on each. */
public interface Backend extends AutoCloseable {
    /** What it is, for people. */
    String name();

    /** Saves the policy, as an operator does. */
    void save(String policy);

    /** Tells discovery of a replica. */
    void join(ReplicaProcess replica);

    /** Writes into the first policy what has to be in it here. */
    default void write(PolicyDraft policy) {}

    /** A mesh that goes by this policy and these endpoints. */
    MeshBuilder mesh();

    @Override
    void close();
}
