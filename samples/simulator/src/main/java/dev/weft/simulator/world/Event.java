package dev.weft.simulator.world;

/** Something that happens at a moment of virtual time. It can be planned for one moment at a time. */
abstract class Event {
    /** Its place in the queue of what is to come; negative while it is not planned. */
    int place = -1;

    /** Of two events at the same moment the one that was planned first happens first. */
    long order;

    abstract void happen();
}
