package dev.weft.quickstart.shop;

/** What an item costs. */
public record Price(String item, int cents) {}
