package io.sdros.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The packages of one module's sources, and which of them use which. The root is the package with the shortest name; those
 * below it are named by the rest of their names.
 */
final class SourcePackages {

    private static final Pattern COMMENT_OR_TEXT =
            Pattern.compile("/\\*.*?\\*/|//[^\\n]*|\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"", Pattern.DOTALL);
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
    private static final Pattern PUBLIC_TYPE =
            Pattern.compile("^public (?:\\w+ )*?(?:class|record|enum|interface|@interface) ", Pattern.MULTILINE);
    private static final Pattern WORD = Pattern.compile("\\w+");

    private final String root;
    private final Map<String, SourceClass> classes = new TreeMap<>();

    private record SourceClass(String packageName, String name, String code) {

        String fullName() {
            return packageName + "." + name;
        }
    }

    /** @param sources the folder the packages' folders are in */
    SourcePackages(Path sources) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(sources)) {
            files = all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
        for (Path file : files) {
            String code = COMMENT_OR_TEXT.matcher(Files.readString(file)).replaceAll(" ");
            Matcher declared = PACKAGE.matcher(code);
            String name = file.getFileName().toString().replace(".java", "");
            if (declared.find() && !name.equals("package-info")) {
                SourceClass each = new SourceClass(declared.group(1), name, code);
                classes.put(each.fullName(), each);
            }
        }
        root = classes.values().stream().map(SourceClass::packageName).min(Comparator.comparingInt(String::length)).orElse("");
    }

    /**
     * What is wrong, a line each: packages below the root that use one another in a circle, and uses of the root by one of
     * them. The root's public classes that stand by themselves, without any package below, are the module's vocabulary
     * and may be used by all.
     */
    List<String> violations() {
        List<String> wrong = new ArrayList<>();
        Map<String, Set<String>> uses = new TreeMap<>();
        for (SourceClass user : classes.values()) {
            for (SourceClass used : usedElsewhere(user)) {
                if (used.packageName().equals(root)) {
                    if (!isVocabulary(used)) {
                        wrong.add(user.fullName() + " uses " + used.fullName() + ", which is above it");
                    }
                } else if (!user.packageName().equals(root)) {
                    uses.computeIfAbsent(user.packageName(), name -> new TreeSet<>()).add(used.packageName());
                }
            }
        }
        for (String each : uses.keySet()) {
            if (reachable(each, uses).contains(each)) {
                wrong.add(each + " is in a circle: it uses " + uses.get(each));
            }
        }
        return wrong;
    }

    /** Classes of other packages that are named in full, as imports do. */
    private List<SourceClass> usedElsewhere(SourceClass user) {
        List<SourceClass> used = new ArrayList<>();
        for (SourceClass each : classes.values()) {
            boolean elsewhere = !each.packageName().equals(user.packageName());
            if (elsewhere && Pattern.compile("\\b" + Pattern.quote(each.fullName()) + "\\b").matcher(user.code()).find()) {
                used.add(each);
            }
        }
        return used;
    }

    private boolean isVocabulary(SourceClass ofRoot) {
        return PUBLIC_TYPE.matcher(ofRoot.code()).find()
                && rootClassesBehind(ofRoot).stream().allMatch(each -> usedElsewhere(each).isEmpty());
    }

    /** A class of the root and all of the root that it names, and those name, and so on. */
    private Set<SourceClass> rootClassesBehind(SourceClass first) {
        Set<SourceClass> found = new LinkedHashSet<>();
        Deque<SourceClass> open = new ArrayDeque<>(List.of(first));
        while (!open.isEmpty()) {
            SourceClass each = open.pop();
            if (found.add(each)) {
                WORD.matcher(each.code()).results().map(word -> classes.get(root + "." + word.group()))
                        .filter(named -> named != null).forEach(open::push);
            }
        }
        return found;
    }

    private static Set<String> reachable(String from, Map<String, Set<String>> uses) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(uses.get(from));
        while (!open.isEmpty()) {
            String each = open.pop();
            if (seen.add(each)) {
                open.addAll(uses.getOrDefault(each, Set.of()));
            }
        }
        return seen;
    }

    /** How many classes each package has. */
    Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new HashMap<>();
        classes.values().forEach(each -> sizes.merge(each.packageName(), 1, Integer::sum));
        return sizes;
    }
}
