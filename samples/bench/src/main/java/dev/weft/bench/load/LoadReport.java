package dev.weft.bench.load;

import dev.weft.bench.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Samples as people read them: medians over the rounds, and ratios to one row within the same round. */
final class LoadReport {
    private LoadReport() {}

    static String table(Map<Kind, List<Sample>> samples) {
        Table table = new Table(
                "client",
                "CPU us/req (with proxies)",
                "x CPU (quartiles)",
                "req/s",
                "x req/s",
                "p50 us",
                "x p50",
                "p99 us",
                "x p99",
                "B/req",
                "x B");
        samples.entrySet().stream()
                .sorted((a, b) -> Double.compare(median(a.getValue(), Sample::cpu), median(b.getValue(), Sample::cpu)))
                .forEach(row -> add(
                        table,
                        row.getKey(),
                        row.getValue(),
                        of(samples, row.getKey().base())));
        return table.markdown();
    }

    private static void add(Table table, Kind client, List<Sample> row, List<Sample> base) {
        double[] cpu = ratios(row, base, Sample::cpu);
        table.row(
                client.title(),
                number(median(row, Sample::cpu), 1),
                number(cpu[1], 2) + " (" + number(cpu[0], 2) + "-" + number(cpu[2], 2) + ")",
                number(median(row, Sample::perSecond), 0),
                number(ratios(row, base, Sample::perSecond)[1], 2),
                number(median(row, Sample::p50Nanos) / 1e3, 0),
                number(ratios(row, base, Sample::p50Nanos)[1], 2),
                number(median(row, Sample::p99Nanos) / 1e3, 0),
                number(ratios(row, base, Sample::p99Nanos)[1], 2),
                number(median(row, Sample::bytesPerRequest), 0),
                number(ratios(row, base, Sample::bytesPerRequest)[1], 2));
    }

    static List<Sample> of(Map<Kind, List<Sample>> samples, Kind client) {
        return samples.getOrDefault(client, List.of());
    }

    /** Lower quartile, median and upper quartile of the ratios in each round. */
    static double[] ratios(List<Sample> row, List<Sample> base, ToDoubleFunction<Sample> figure) {
        double[] ratios = new double[Math.min(row.size(), base.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = figure.applyAsDouble(row.get(i)) / figure.applyAsDouble(base.get(i));
        }
        return new double[] {at(ratios, 0.25), at(ratios, 0.5), at(ratios, 0.75)};
    }

    static double median(List<Sample> row, ToDoubleFunction<Sample> figure) {
        return at(row.stream().mapToDouble(figure).toArray(), 0.5);
    }

    private static double at(double[] values, double quantile) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double place = quantile * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}
