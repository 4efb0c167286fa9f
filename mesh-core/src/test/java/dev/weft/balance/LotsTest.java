package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LotsTest {
    private static final int COLUMN_STEPS = 1 << 12;

    /** Walks all columns evenly: what each place gets, as a share. */
    private static double[] shares(double[] weights) {
        Lots lots = Lots.of(weights);
        double[] shares = new double[weights.length];
        for (long column = 0; column < weights.length; column++) {
            // The middle of the column's part of 2^32.
            long high = ((2 * column + 1) << 32) / (2L * weights.length);
            for (long step = 0; step < COLUMN_STEPS; step++) {
                shares[lots.draw(high << 32 | step << 20)] += 1.0 / COLUMN_STEPS / weights.length;
            }
        }
        return shares;
    }

    @Test
    void eachPlaceIsDrawnByItsWeightWhateverTheWeights() {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            double[] weights = random.doubles(1 + random.nextInt(40), 0, 1)
                    .map(d -> Math.rint(Math.pow(10, 5 * d)) * random.nextInt(4))
                    .toArray();
            double sum = Arrays.stream(weights).sum();
            if (sum == 0) {
                continue;
            }
            double[] shares = shares(weights);
            for (int i = 0; i < weights.length; i++) {
                assertThat(shares[i])
                        .as("place %d of %s", i, Arrays.toString(weights))
                        .isCloseTo(weights[i] / sum, within(1.0 / COLUMN_STEPS));
            }
        }
    }

    @Test
    void weightZeroIsNeverDrawn() {
        Lots lots = Lots.of(new double[] {0, 3, 0, 1});
        Random random = new Random(6);
        for (int i = 0; i < 100_000; i++) {
            assertThat(lots.draw(random.nextLong())).isIn(1, 3);
        }
    }
}
