package dev.weft.consul;

import dev.weft.policy.PolicyStatus;

/**
 * How it stands with the policy in one running process.
 *
 * @param app the application, as it calls itself
 * @param instance which of its processes
 * @param policy what it applied, refused or could not read
 */
public record InstanceStatus(String app, String instance, PolicyStatus policy) {}
