package dev.weft.policy;

/** The reference page of all settings. */
final class ReferenceText {
    private ReferenceText() {}

    static String of(Settings settings) {
        StringBuilder text =
                new StringBuilder("| key | for | accepts | default | what it does |\n|---|---|---|---|---|\n");
        for (Setting<?> setting : settings.all()) {
            text.append("| `").append(setting.key()).append("` | ");
            text.append(setting.scope() == Scope.SERVICE ? "service" : "service, route")
                    .append(" | ");
            text.append(cell(setting.type().expects())).append(" | `");
            text.append(builtIn(setting)).append("` | ");
            text.append(cell(setting.doc())).append(" |\n");
        }
        return text.toString();
    }

    /** As it would be written in YAML. */
    static <T> String builtIn(Setting<T> setting) {
        String text = setting.type().render(setting.builtIn());
        return text.isEmpty() ? "\"\"" : text;
    }

    private static String cell(String words) {
        return words.replace("|", "\\|").replace('\n', ' ');
    }
}
