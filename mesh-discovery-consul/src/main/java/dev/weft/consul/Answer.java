package dev.weft.consul;

import java.nio.charset.StandardCharsets;
import okhttp3.Headers;

/**
 * What Consul answered.
 *
 * @param request what was asked of whom, for messages; holds no secret
 * @param status the HTTP status
 * @param index X-Consul-Index; -1 where there is none
 * @param knownLeader X-Consul-KnownLeader; true where Consul does not say
 * @param lastContactMillis how long ago the server that answered has heard from the leader
 * @param filtered whether Consul says that the token's rights hid something; older ones do not say
 * @param body the whole body
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
record Answer(
        String request,
        int status,
        long index,
        boolean knownLeader,
        long lastContactMillis,
        boolean filtered,
        byte[] body) {
    private static final int QUOTED = 200;

    static Answer of(String request, int status, Headers headers, byte[] body) {
        return new Answer(
                request,
                status,
                number(headers, "X-Consul-Index", -1),
                !"false".equalsIgnoreCase(headers.get("X-Consul-KnownLeader")),
                number(headers, "X-Consul-LastContact", 0),
                "true".equalsIgnoreCase(headers.get("X-Consul-Results-Filtered-By-ACLs")),
                body);
    }

    /** This answer, if it is a success. */
    Answer successful() throws ConsulException {
        if (status != 200) {
            throw refused();
        }
        return this;
    }

    /** What to say of an answer that is no success. */
    ConsulException refused() {
        String said = new String(body, 0, Math.min(body.length, QUOTED), StandardCharsets.UTF_8)
                .replaceAll("[^\\x20-\\x7e]+", " ")
                .strip();
        String advice = status == 403 ? " (check the token and its rights, see docs/consul.md)" : "";
        return new ConsulException(request + ": " + status + (said.isEmpty() ? "" : " " + said) + advice);
    }

    private static long number(Headers headers, String name, long absent) {
        String value = headers.get(name);
        if (value == null) {
            return absent;
        }
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException e) {
            return absent;
        }
    }
}
