@NullMarked
package dev.weft.consul;

import org.jspecify.annotations.NullMarked;
