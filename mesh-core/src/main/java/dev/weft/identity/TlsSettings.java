package dev.weft.identity;

import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.util.List;

/** What policy says of TLS, for a service as a whole. */
public final class TlsSettings {
    /** How far calls to the service are held to mTLS; {@link TlsMode}. */
    public static final Setting<TlsMode> MODE = Setting.service(
            "tls.mode",
            SettingTypes.choice(TlsMode.class),
            TlsMode.STRICT,
            "strict: nothing but mTLS; permissive: mTLS with endpoints that can, plain text with the others; off: the mesh"
                    + " adds no TLS. Without a source of identities it is off. A call to an https address is never sent in"
                    + " plain text.");

    /** Whom to expect as the server; {@link IdPattern}s. */
    public static final Setting<List<IdPattern>> SERVER_ID = Setting.service(
            "tls.serverId",
            SettingTypes.listOf(new IdPatternType()),
            List.of(IdPattern.parse("spiffe://{trustDomain}/ns/*/dc/*/svc/{service}")),
            "The SPIFFE id that a server of this service must show, or several of which one will do."
                    + " {trustDomain} is our own, {service} the service's name, * any one segment, ** at the end any"
                    + " further ones. A foreign trust domain is accepted if its roots are known.");

    private TlsSettings() {}

    public static List<Setting<?>> all() {
        return List.of(MODE, SERVER_ID);
    }
}
