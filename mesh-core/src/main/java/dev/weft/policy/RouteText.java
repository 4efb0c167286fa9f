package dev.weft.policy;

/** What names and methods look like in a policy. */
final class RouteText {
    static final String NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
    static final String SERVICE_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$";
    static final String METHOD_PATTERN = "^[A-Z][A-Z_-]{0,31}$";

    private RouteText() {}

    static boolean isName(String text) {
        return text.matches(NAME_PATTERN);
    }

    static boolean isService(String text) {
        return text.matches(SERVICE_PATTERN);
    }

    static boolean isMethod(String text) {
        return text.matches(METHOD_PATTERN);
    }
}
