package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Code that stands in a page: taken from it, compiled, and loaded, so that a test can say that it is true. */
public final class PageCode {
    private final Path folder;
    private final List<Source> sources = new ArrayList<>();

    /** @param folder for what is compiled */
    public PageCode(Path folder) {
        this.folder = folder;
    }

    /** The blocks of a page that are marked as of that language ({@code ```java}), in order. */
    public static List<String> blocks(Path page, String language) throws IOException {
        String[] parts = Files.readString(page).split("```" + language + "\n", -1);
        return Arrays.stream(parts)
                .skip(1)
                .map(part -> part.substring(0, part.indexOf("```")))
                .toList();
    }

    /** With one file more, of the given name and package: {@code example/Example.java}. */
    public PageCode with(String file, String text) {
        sources.add(new Source(file, text));
        return this;
    }

    /** Compiles all against the test's class path, and gives what loads it, beside the classes that the test knows. */
    public ClassLoader compiled() throws IOException {
        compile();
        return new URLClassLoader(new URL[] {url(folder)}, PageCode.class.getClassLoader());
    }

    /** The same where it may stand in place of classes of Weft's, which are all loaded anew: the test's are others. */
    public ClassLoader compiledInPlace() throws IOException {
        compile();
        Stream<Path> ours = Arrays.stream(classPath().split(File.pathSeparator)).map(Path::of);
        URL[] urls = Stream.concat(Stream.of(folder), ours).map(PageCode::url).toArray(URL[]::new);
        return new InPlace(urls);
    }

    private void compile() throws IOException {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "the tests need a JDK");
        StringWriter faults = new StringWriter();
        boolean good = compiler.getTask(
                        faults,
                        null,
                        null,
                        List.of("-proc:none", "-d", folder.toString(), "-classpath", classPath()),
                        null,
                        sources)
                .call();
        assertThat(good).as("%s%n%s", faults, sources).isTrue();
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path + " is no place to load classes from", e);
        }
    }

    /** Knows its own classes of Weft; all others, and what they find by themselves, are the test's. */
    private static final class InPlace extends URLClassLoader {
        InPlace(URL[] urls) {
            super(urls, PageCode.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.weft.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String file, String text) {
            super(URI.create("string:///" + file), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
