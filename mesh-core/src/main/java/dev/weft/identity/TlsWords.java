package dev.weft.identity;

import dev.weft.call.Causes;
import java.io.InterruptedIOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a TLS provider throws into words that say who refused whom, and why as far as it can be known. For people: these
 * texts differ by provider and version, so that nothing is decided by them but whether to be on the safe side.
 */
final class TlsWords {
    private static final Pattern ALERT = Pattern.compile("fatal alert: (\\w+)|(?:SSLV3|TLSV1)_ALERT_(\\w+)");
    private static final Pattern NOT_TLS = Pattern.compile("Unsupported or unrecognized SSL message|Unable to parse TLS"
            + " packet header|not an SSL/TLS record|WRONG_VERSION_NUMBER|HTTP_REQUEST");
    private static final Pattern NO_CERTIFICATE =
            Pattern.compile("Empty client certificate chain|PEER_DID_NOT_RETURN_A_CERTIFICATE");

    private static final int MAX_DEPTH = 10;

    private TlsWords() {}

    /** @param peer such as {@code server of web} */
    static String of(Throwable failure, String peer, @Nullable Identity own) {
        PeerRefused refused = PeerRefused.in(failure);
        if (refused != null) {
            return String.valueOf(refused.getMessage());
        }
        NoIdentity nothingToShow = Causes.find(failure, NoIdentity.class);
        if (nothingToShow != null) {
            return String.valueOf(nothingToShow.getMessage());
        }
        String said = texts(failure);
        Matcher alert = ALERT.matcher(said);
        if (alert.find()) {
            String word = alert.group(1) == null ? alert.group(2) : alert.group(1);
            return peer + " refused the connection (alert " + word.toLowerCase(Locale.ROOT) + ")" + shown(own);
        }
        if (NO_CERTIFICATE.matcher(said).find()) {
            return peer + " refused (" + PeerRefused.Reason.NO_CERTIFICATE.label() + "): it sent no certificate";
        }
        if (NOT_TLS.matcher(said).find()) {
            return peer + " does not speak TLS: give it TLS, or set tls.mode to permissive or off for this service";
        }
        if (Causes.find(failure, InterruptedIOException.class) != null) {
            return peer + " did not answer a TLS hello in time; a server without TLS may wait for ever";
        }
        return peer + ": TLS failed: " + failure.getMessage()
                + "; a peer that closes the connection may have refused our certificate, its log says why"
                + shown(own);
    }

    /** Whether TLS failed for who one of the two is, or is not; an alert is TLS, whatever it says. */
    static boolean ofIdentity(Throwable failure) {
        return PeerRefused.in(failure) != null
                || Causes.find(failure, NoIdentity.class) != null
                || ALERT.matcher(texts(failure)).find();
    }

    private static String shown(@Nullable Identity own) {
        return own == null
                ? "; it was shown no certificate of the mesh"
                : "; it was shown " + own.id() + ", valid until "
                        + own.leaf().getNotAfter().toInstant();
    }

    private static String texts(Throwable failure) {
        StringBuilder texts = new StringBuilder();
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
            texts.append(at.getMessage()).append('\n');
            at = at.getCause();
        }
        return texts.toString();
    }
}
