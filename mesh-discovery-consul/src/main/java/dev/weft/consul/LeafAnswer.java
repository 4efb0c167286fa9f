package dev.weft.consul;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weft.identity.Pem;
import dev.weft.identity.SpiffeId;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service's own certificate chain and key, as the agent's certificate authority gives them. */
record LeafAnswer(PrivateKey key, List<X509Certificate> chain, SpiffeId id) {

    static LeafAnswer read(Answer answer, String service) throws ConsulException {
        Body body = Json.read(answer.request(), answer.successful().body(), Body.class);
        String where = "the Consul leaf of " + service;
        if (body.certificate == null || body.key == null) {
            throw new ConsulException(answer.request() + ": no certificate or no key in it");
        }
        try {
            List<X509Certificate> chain = Pem.certificates(body.certificate, where);
            return new LeafAnswer(Pem.privateKey(body.key, where), chain, SpiffeId.of(chain.get(0)));
        } catch (IllegalArgumentException e) {
            throw new ConsulException(String.valueOf(e.getMessage()));
        }
    }

    /** Shows no key. */
    @Override
    public String toString() {
        return id + " until " + chain.get(0).getNotAfter().toInstant();
    }

    private record Body(
            @JsonProperty("CertPEM") @Nullable String certificate,
            @JsonProperty("PrivateKeyPEM") @Nullable String key) {
        @Override
        public String toString() {
            return "a leaf";
        }
    }
}
