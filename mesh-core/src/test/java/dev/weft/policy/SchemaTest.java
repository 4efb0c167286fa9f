package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class SchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode yaml(String text) {
        return JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
    }

    private static JsonSchema schema() throws Exception {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(
                        JSON.readTree(Samples.SETTINGS.schema()),
                        SchemaValidatorsConfig.builder().build());
    }

    @Test
    void isAValidSchemaThatNamesEverySettingWithDocAndDefault() throws Exception {
        JsonNode schema = JSON.readTree(Samples.SETTINGS.schema());
        JsonNode meta = JSON.readTree(JsonSchemaFactory.class.getResourceAsStream("/draft/2020-12/schema"));
        assertThat(meta.get("$id").asText()).isEqualTo(schema.get("$schema").asText());
        for (Setting<?> setting : Samples.SETTINGS.all()) {
            JsonNode leaf =
                    schema.at("/$defs/section/properties/" + setting.key().replace(".", "/properties/"));
            assertThat(leaf.path("description").asText()).as(setting.key()).isEqualTo(setting.doc());
            assertThat(leaf.has("default")).as(setting.key()).isTrue();
        }
        assertThat(schema.at("/$defs/route/properties/balancer").isMissingNode())
                .isTrue();
        assertThat(schema.at("/$defs/route/properties/retry/properties/budget").isMissingNode())
                .isTrue();
        assertThat(schema.at("/$defs/section/properties/retry/properties/attempts/default")
                        .isInt())
                .isTrue();
    }

    @Test
    void acceptsWhatTheParserAccepts() throws Exception {
        assertThat(schema().validate(yaml(Samples.POLICY))).isEmpty();
        assertThat(schema().validate(
                                yaml("defaults: {balancer: {kind: least}, retry: {statuses: 502, maxBody: 64KiB}}")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "default: {}",
                "weft: 2",
                "defaults: {retry: {atempts: 3}}",
                "defaults: {retry: {attempts: 9}}",
                "defaults: {retry: {statuses: [99]}}",
                "defaults: {deadline: {total: 5}}",
                "defaults: {deadline: {total: fast}}",
                "defaults: {routes: []}",
                "defaults: {breaker: {mode: on}}",
                "services: {'a b': {}}",
                "services: {a: {routes: [{name: x}]}}",
                "services: {a: {routes: [{name: x, match: {}}]}}",
                "services: {a: {routes: [{name: x, match: {method: get}}]}}",
                "services: {a: {routes: [{name: x, match: {path: /}, balancer: {kind: least}}]}}"
            })
    void refusesWhatTheParserRefuses(String text) throws Exception {
        assertThat(schema().validate(yaml(text))).as(text).isNotEmpty();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> Samples.parse(text)))
                .isInstanceOf(PolicyRefused.class);
    }
}
