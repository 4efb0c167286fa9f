package dev.weft.consul;

import java.util.Set;

/** Keys of the key-value store that reach Consul as they are written. */
final class KvKey {
    private KvKey() {}

    static String checked(String key) {
        for (String part : key.split("/", -1)) {
            if (part.isEmpty() || Set.of(".", "..").contains(part)) {
                throw new IllegalArgumentException(
                        "key '" + key + "' is not of the form weft/policy: no part may be empty, '.' or '..'");
            }
        }
        return key;
    }
}
