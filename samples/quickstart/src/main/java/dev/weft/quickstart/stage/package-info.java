/** What the day is played on: replicas in processes of their own, a policy to edit, traffic, and what was seen. */
@NullMarked
package dev.weft.quickstart.stage;

import org.jspecify.annotations.NullMarked;
