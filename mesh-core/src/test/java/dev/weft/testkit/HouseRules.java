package dev.weft.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The rules of the house that a machine can check, for the module whose test extends it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class HouseRules {
    private static final int MOST_LINES = 400;
    private static final Set<String> WAITS =
            Set.of("wait", "await", "join", "get", "park", "parkNanos", "parkUntil", "sleep", "take", "lock", "settle");
    private static final List<String> VAGUE = List.of("Util", "Utils", "Impl", "Manager", "Helper");
    private static final List<String> UNFINISHED =
            List.of("TO" + "DO", "FIX" + "ME", "@Dis" + "abled", "Thread.sl" + "eep");

    /** The module's own classes, without its tests. */
    protected final JavaClasses classes = new ClassFileImporter().importPath(Path.of("target", "classes"));

    @BeforeAll
    void thereIsSomethingToLookAt() {
        assertThat(classes).isNotEmpty();
    }

    @Test
    void packagesHaveNoCycles() {
        slices().assignedFrom(new Packages()).should().beFreeOfCycles().check(classes);
    }

    @Test
    void onlyTimeReadsAClock() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weft.time")
                .should()
                .callCodeUnitWhere(target(describe("a clock", HouseRules::readsAClock)))
                .check(classes);
    }

    @Test
    void chanceIsInjected() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weft.time")
                .should()
                .callCodeUnitWhere(target(describe(
                        "chance of its own",
                        called -> called.getOwner().isEquivalentTo(ThreadLocalRandom.class)
                                || called.getOwner().isEquivalentTo(Random.class)
                                || called.getFullName().startsWith("java.lang.Math.random("))))
                .check(classes);
    }

    @Test
    void nothingRunsOnAnExecutorThatNobodyNamed() {
        noClasses()
                .should()
                .callCodeUnitWhere(
                        target(describe("a future's own executor or timer", HouseRules::hasAnExecutorOfItsOwn)))
                .check(classes);
    }

    @Test
    void nothingWaitsInASynchronizedMethod() {
        List<String> waits = new ArrayList<>();
        for (JavaClass each : classes) {
            for (JavaMethod method : each.getMethods()) {
                if (method.getModifiers().contains(JavaModifier.SYNCHRONIZED)) {
                    method.getMethodCallsFromSelf().stream()
                            .filter(call -> WAITS.contains(call.getName()))
                            .map(JavaAccess::getDescription)
                            .forEach(waits::add);
                }
            }
        }
        assertThat(waits).isEmpty();
    }

    @Test
    void namesSayWhatThingsAre() {
        assertThat(classes.stream()
                        .filter(each -> VAGUE.stream().anyMatch(each.getSimpleName()::endsWith)
                                || each.getPackageName().endsWith(".util")
                                || each.getPackageName().endsWith(".impl")))
                .isEmpty();
    }

    @Test
    void filesAreSmallAndFinished() throws IOException {
        List<String> faults = new ArrayList<>();
        for (Path root : List.of(Path.of("src", "main", "java"), Path.of("src", "test", "java"))) {
            if (Files.exists(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(file -> look(file, faults));
                }
            }
        }
        assertThat(faults).isEmpty();
    }

    private static void look(Path file, List<String> faults) {
        try {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() > MOST_LINES) {
                faults.add(file + " has " + lines.size() + " lines");
            }
            for (int i = 0; i < lines.size(); i++) {
                if (UNFINISHED.stream().anyMatch(lines.get(i)::contains)) {
                    faults.add(file + ":" + (i + 1) + ": " + lines.get(i).trim());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of those who may not know certain packages. */
    protected final void knowsNothingOf(String... packages) {
        noClasses().should().dependOnClassesThat(resideInAnyPackage(packages)).check(classes);
    }

    private static boolean readsAClock(CodeUnitCallTarget called) {
        String name = called.getName();
        String owner = called.getOwner().getName();
        return (owner.equals("java.lang.System") && (name.equals("nanoTime") || name.equals("currentTimeMillis")))
                || (owner.startsWith("java.time.") && name.equals("now"))
                || (called.getOwner().isEquivalentTo(Clock.class) && name.startsWith("system"))
                || (owner.equals("java.util.Date")
                        && name.equals("<init>")
                        && called.getRawParameterTypes().isEmpty());
    }

    private static boolean hasAnExecutorOfItsOwn(CodeUnitCallTarget called) {
        if (!called.getOwner().isEquivalentTo(CompletableFuture.class)) {
            return false;
        }
        String name = called.getName();
        boolean named =
                called.getRawParameterTypes().stream().anyMatch(parameter -> parameter.isEquivalentTo(Executor.class));
        return name.equals("orTimeout") || name.equals("completeOnTimeout") || (name.endsWith("Async") && !named);
    }

    private static final class Packages implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass each) {
            return each.getPackageName().startsWith("dev.weft")
                    ? SliceIdentifier.of(each.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }
}
