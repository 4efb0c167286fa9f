/** How the day is shown. */
@NullMarked
package dev.weft.quickstart.view;

import org.jspecify.annotations.NullMarked;
