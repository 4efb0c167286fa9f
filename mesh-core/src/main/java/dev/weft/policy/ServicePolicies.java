package dev.weft.policy;

import java.util.List;

/** The policies of one service in one snapshot: its routes and what is said for each. Immutable. */
public final class ServicePolicies {
    private final Settings settings;
    private final String service;
    private final PolicyDocument.Route[] routes;
    private final LayerValues common;
    private final LayerValues[] perRoute;

    /** @param common what all layers but annotations say for the service as a whole */
    ServicePolicies(Settings settings, String service, LayerValues common, List<PolicyDocument.Route> routes) {
        this.settings = settings;
        this.service = service;
        this.routes = routes.toArray(new PolicyDocument.Route[0]);
        this.common = common;
        this.perRoute =
                routes.stream().map(route -> route.values().over(common)).toArray(LayerValues[]::new);
    }

    /** Whether a service may be called so in a policy. */
    public static boolean isServiceName(String name) {
        return RouteText.isService(name);
    }

    public String service() {
        return service;
    }

    /** How many routes it has. */
    public int routes() {
        return routes.length;
    }

    /**
     * The first route that matches, from 0, or -1 where none does. Allocates nothing.
     *
     * @param method the HTTP method as sent
     * @param path the path as sent, without its query; a gRPC method's full name
     */
    public int routeOf(String method, String path) {
        for (int i = 0; i < routes.length; i++) {
            if (routes[i].match().matches(method, path)) {
                return i;
            }
        }
        return -1;
    }

    /** The name of a route; empty for -1. */
    public String routeName(int route) {
        return route < 0 ? "" : routes[route].name();
    }

    /** The route of that name, or -1 where there is none. */
    public int routeNamed(String name) {
        for (int i = 0; i < routes.length; i++) {
            if (routes[i].name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /**
     * The effective policy: later layers win, field by field.
     *
     * @param route as {@link #routeOf} gives it
     * @param declared what annotations say
     */
    public Policy policy(int route, LayerValues declared) {
        LayerValues said = route < 0 ? common : perRoute[route];
        return new Policy(settings, service, routeName(route), said.over(declared));
    }
}
