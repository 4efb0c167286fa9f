package dev.weft.consul;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Reads and writes JSON. Errors name the place and never quote the text, which may hold a key or a token. */
final class Json {
    private static final ObjectMapper mapper = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    /** @param what names the text in messages */
    static <T> T read(String what, byte[] text, Class<T> type) throws ConsulException {
        ObjectReader reader = mapper.readerFor(type);
        try {
            T value = reader.readValue(text);
            if (value != null) {
                return value;
            }
        } catch (JacksonException e) {
            JsonLocation at = e.getLocation();
            throw new ConsulException(what + " is not the JSON expected"
                    + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr()));
        } catch (IOException e) {
            throw new ConsulException(what + " cannot be read: " + e);
        }
        throw new ConsulException(what + " is null");
    }

    static byte[] write(Object value) {
        ObjectWriter writer = mapper.writer();
        try {
            return writer.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("cannot be written as JSON", e);
        }
    }
}
