package dev.weft.simulator.world;

import dev.weft.endpoint.Endpoint;
import dev.weft.simulator.scenario.Group;
import java.util.ArrayList;
import java.util.List;

/** All servers. Each has a port of its own, by which it is found. */
final class Servers {
    private final List<Server> all = new ArrayList<>();
    private final List<Endpoint> endpoints = new ArrayList<>();

    Servers(World world, List<Group> fleet) {
        for (Group group : fleet) {
            for (int i = 0; i < group.servers(); i++) {
                int number = all.size();
                all.add(new Server(world, group, number));
                endpoints.add(Endpoint.of(group.name(), number + 1).withZone(group.zone()));
            }
        }
    }

    List<Server> all() {
        return all;
    }

    Server at(Endpoint endpoint) {
        return all.get(endpoint.port() - 1);
    }

    Endpoint endpoint(Server server) {
        return endpoints.get(server.number());
    }
}
