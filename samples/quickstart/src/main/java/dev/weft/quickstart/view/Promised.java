package dev.weft.quickstart.view;

/**
 * A promise and what became of it.
 *
 * @param scene where in the day it was made
 * @param what what was promised
 * @param expected what had to be seen
 * @param seen what was seen
 */
public record Promised(String scene, String what, String expected, String seen, boolean held) {}
