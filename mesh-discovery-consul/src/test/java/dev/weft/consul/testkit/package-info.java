/** Real Consul agents for tests and samples, found or fetched by the project's own script. */
@NullMarked
package dev.weft.consul.testkit;

import org.jspecify.annotations.NullMarked;
