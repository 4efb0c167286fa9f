package dev.weft.bench.load;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process holds.
 *
 * @param descriptors open files and sockets
 * @param threads of Java's
 * @param heapBytes after a collection
 * @param residentBytes of the whole process, as the kernel counts them
 */
record Footprint(long descriptors, long threads, long heapBytes, long residentBytes) {
    /** Of this process, now. */
    static Footprint now() throws IOException {
        System.gc();
        UnixOperatingSystemMXBean process = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Footprint(
                process.getOpenFileDescriptorCount(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                resident());
    }

    /** Linux has it. */
    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    Footprint since(Footprint before) {
        return new Footprint(
                descriptors - before.descriptors,
                threads - before.threads,
                heapBytes - before.heapBytes,
                residentBytes - before.residentBytes);
    }

    /** One line, read back by {@link #parse}. */
    String line() {
        return descriptors + " " + threads + " " + heapBytes + " " + residentBytes;
    }

    static Footprint parse(String line) {
        String[] words = line.trim().split(" ", -1);
        return new Footprint(
                Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
    }
}
