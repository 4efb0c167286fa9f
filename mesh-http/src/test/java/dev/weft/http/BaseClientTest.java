package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class BaseClientTest {
    @Test
    void ourOwnKnowsTheTrustedRootsOnlyWhereTheyAreAskedFor() {
        BaseClient base = BaseClient.ours();

        assertThat(base.client(false).connectionSpecs()).containsExactly(ConnectionSpec.CLEARTEXT);
        assertThat(base.client(false).x509TrustManager()).isNull();
        assertThat(base.client(true).x509TrustManager()).isNotNull();
        assertThat(base.client(true)).isSameAs(base.client(true));
    }

    @Test
    void anApplicationsIsTheSameForAll() {
        OkHttpClient users = new OkHttpClient();
        BaseClient base = BaseClient.of(users);

        assertThat(base.client(true)).isSameAs(base.client(false));
        assertThat(base.client(true).sslSocketFactory()).isSameAs(users.sslSocketFactory());
        assertThat(base.client(true).retryOnConnectionFailure()).isFalse();
    }
}
