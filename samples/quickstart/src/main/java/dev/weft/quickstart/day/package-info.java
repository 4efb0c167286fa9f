/** The scenes of the day, one a file. */
@NullMarked
package dev.weft.quickstart.day;

import org.jspecify.annotations.NullMarked;
