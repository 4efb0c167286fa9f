package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    @ParameterizedTest
    @CsvSource({
        "/items, /items, true",
        "/items, /items/, false",
        "/items, /item, false",
        "/items, /itemss, false",
        "/items/, /items/, true",
        "/items/, /items, false",
        "/items/*, /items/1, true",
        "/items/*, /items/, false",
        "/items/*, /items/1/2, false",
        "/items/*, /items, false",
        "/items/**, /items, true",
        "/items/**, /items/, true",
        "/items/**, /items/1/2, true",
        "/items/**, /itemsx, false",
        "/*/stock, /a/stock, true",
        "/*/stock, /a/b/stock, false",
        "/*/x/**, /a/x/b, true",
        "/*/x/**, /a/y/b, false",
        "/**, /, true",
        "/**, /any/thing, true",
        "**, '', true",
        "/, /, true",
        "/, '', true",
        "/, /a, false",
        "inventory.Stock/Get, inventory.Stock/Get, true",
        "/inventory.Stock/Get, inventory.Stock/Get, true",
        "inventory.Stock/*, /inventory.Stock/Get, true",
        "inventory.Stock/**, inventory.StockTake/Get, false",
        "/a%2Fb, /a%2Fb, true",
        "/a%2Fb, /a/b, false",
        "//a, //a, true",
        "//a, /a, false"
    })
    void matches(String pattern, String path, boolean expected) {
        assertThat(PathPattern.parse(pattern).matches(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a/**/b", "/a*", "/***", "/**x", "/a?b", "/a#b", "/a b", "/caf\u00e9", "/a\u007f"})
    void refusesWhatIsNoPattern(String pattern) {
        assertThatThrownBy(() -> PathPattern.parse(pattern)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void matchesAsARegularExpressionWouldAndCoversOnlyWhatItMatches() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<PathPattern> patterns = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            patterns.add(PathPattern.parse(path(random, true)));
            paths.add(path(random, false));
        }
        int covering = 0;
        for (PathPattern one : patterns) {
            Pattern oracle = regex(one.toString());
            for (String path : paths) {
                assertThat(one.matches(path))
                        .as("%s on %s, seed %d", one, path, seed)
                        .isEqualTo(oracle.matcher(path).matches());
            }
            for (PathPattern other : patterns) {
                if (one.covers(other)) {
                    covering++;
                    assertThat(paths.stream().filter(other::matches).allMatch(one::matches))
                            .as("%s covers %s, seed %d", one, other, seed)
                            .isTrue();
                }
            }
        }
        assertThat(covering).isGreaterThan(150);
    }

    private static String path(Random random, boolean pattern) {
        StringBuilder path = new StringBuilder();
        int segments = random.nextInt(4);
        for (int i = 0; i < segments; i++) {
            path.append('/')
                    .append(
                            pattern && random.nextInt(3) == 0
                                    ? "*"
                                    : List.of("a", "b", "ab", "").get(random.nextInt(4)));
        }
        if (pattern && random.nextInt(3) == 0) {
            path.append("/**");
        }
        return path.length() == 0 ? "/" : path.toString();
    }

    private static Pattern regex(String pattern) {
        StringBuilder regex = new StringBuilder();
        String[] segments = pattern.substring(1).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].equals("**")) {
                return Pattern.compile(i == 0 ? ".*" : regex + "(/.*)?");
            }
            regex.append('/').append(segments[i].equals("*") ? "[^/]+" : Pattern.quote(segments[i]));
        }
        return Pattern.compile(regex.toString());
    }
}
