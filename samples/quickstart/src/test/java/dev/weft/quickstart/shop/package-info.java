@NullMarked
package dev.weft.quickstart.shop;

import org.jspecify.annotations.NullMarked;
