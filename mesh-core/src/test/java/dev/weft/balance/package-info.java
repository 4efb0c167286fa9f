@NullMarked
package dev.weft.balance;

import org.jspecify.annotations.NullMarked;
