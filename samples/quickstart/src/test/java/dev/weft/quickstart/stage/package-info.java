@NullMarked
package dev.weft.quickstart.stage;

import org.jspecify.annotations.NullMarked;
