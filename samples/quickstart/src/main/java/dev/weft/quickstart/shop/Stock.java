package dev.weft.quickstart.shop;

/** How much is left of an item. */
public record Stock(String item, int left) {}
