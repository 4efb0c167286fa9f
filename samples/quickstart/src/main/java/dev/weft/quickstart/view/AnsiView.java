package dev.weft.quickstart.view;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** One screen that is drawn again and again, on a terminal that knows ANSI sequences. */
public final class AnsiView implements View {
    private static final String ESC = "\u001b[";
    // Its own screen, no cursor, and lines that are cut and not wrapped where the terminal is narrow.
    private static final String ENTER = ESC + "?1049h" + ESC + "?25l" + ESC + "?7l";
    private static final String LEAVE = ESC + "?7h" + ESC + "?25h" + ESC + "?1049l";
    private static final int LOG_LINES = 14;

    private final PrintStream out;
    private final Thread leaving = new Thread(this::leave, "screen-leave");
    private final ReentrantLock drawing = new ReentrantLock();
    // Guarded by drawing.
    private final Deque<String> log = new ArrayDeque<>();
    private final List<String> all = new ArrayList<>();
    private boolean left;

    public AnsiView(PrintStream out) {
        this.out = out;
        out.print(ENTER);
        // The user's terminal must be as it was, however this ends.
        Runtime.getRuntime().addShutdownHook(leaving);
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(250);
    }

    @Override
    public void show(Picture picture) {
        drawing.lock();
        try {
            if (!left) {
                StringBuilder screen = new StringBuilder(ESC + "H");
                Screen.lines(picture, log)
                        .forEach(line -> screen.append(line).append(ESC).append("K\r\n"));
                out.print(screen.append(ESC).append('J'));
                out.flush();
            }
        } finally {
            drawing.unlock();
        }
    }

    @Override
    public void say(String words) {
        words.lines().forEach(line -> note(ESC + "1m" + line + ESC + "0m"));
    }

    @Override
    public void promise(Promised promised) {
        note("  " + ESC + (promised.held() ? "32m" : "31;1m") + Words.of(promised) + ESC + "0m");
    }

    private void note(String line) {
        drawing.lock();
        try {
            all.add(line);
            log.add(line);
            if (log.size() > LOG_LINES) {
                log.remove();
            }
        } finally {
            drawing.unlock();
        }
    }

    @Override
    public void close() {
        if (leave()) {
            Runtime.getRuntime().removeShutdownHook(leaving);
            all.forEach(out::println);
        }
    }

    private boolean leave() {
        drawing.lock();
        try {
            boolean first = !left;
            left = true;
            if (first) {
                out.print(LEAVE);
                out.flush();
            }
            return first;
        } finally {
            drawing.unlock();
        }
    }

    @Override
    public void summary(List<Promised> promises) {
        Summary.lines(promises).forEach(out::println);
    }
}
