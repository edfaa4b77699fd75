package io.sdros.server.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The player page for each stream, and if there are several, the page of all. Each has plain links to all of them, which need no
 * script, and from which the page's script knows them. A link names its stream in the query, so it is the same under whatever path
 * a proxy serves the page.
 *
 * @param titles by name, the first one's first; may be empty
 * @param others whether there is a stream of another name, which may come and go
 */
public record PageStreams(Map<String, String> titles, Predicate<String> others) {

    /** No stream has this name. */
    static final String NONE = "";

    /** As the page for frames has it. */
    private static final String PLAYER = "<sdr-player ";
    private static final String ALL_ID = "all-streams";
    private static final String PLACE = "<nav id=\"streams\" class=\"streams\" aria-label=\"Streams\" hidden></nav>";

    public PageStreams {
        titles = new LinkedHashMap<>(titles);
    }

    /** Without others. */
    PageStreams(Map<String, String> titles) {
        this(titles, name -> false);
    }

    /** The page for a stream that no link leads to; empty if there is none of this name. */
    Optional<WebAsset> other(WebAsset page, String name) {
        return others.test(name) ? Optional.of(page) : Optional.empty();
    }

    /** The page for frames, likewise. */
    Optional<WebAsset> otherEmbedded(WebAsset page, String name) {
        return other(page, name).map(plain -> embedded(plain, name, name));
    }

    /** The page's variants by the name of their stream; under {@link #NONE} the one for whoever names none. */
    Map<String, WebAsset> pages(WebAsset page) {
        Map<String, WebAsset> pages = new LinkedHashMap<>();
        pages.put(NONE, withLinks(page, ALL_ID));
        titles.keySet().forEach(name -> pages.put(name, withLinks(page, idOf(name))));
        return pages;
    }

    /** The page for frames, which shows one and has no links; under {@link #NONE} the first one's. */
    Map<String, WebAsset> embedded(WebAsset page) {
        Map<String, WebAsset> pages = new LinkedHashMap<>();
        titles.forEach((name, title) -> pages.put(name, titles.size() < 2 ? page : embedded(page, name, title)));
        pages.put(NONE, pages.values().stream().findFirst().orElse(page));
        return pages;
    }

    private static WebAsset embedded(WebAsset page, String name, String title) {
        return page.with(PLAYER, "<sdr-player stream=\"" + name + "\" label=\"" + escaped(title) + "\" ");
    }

    /** The page with links of which none leads to itself. */
    WebAsset elsewhere(WebAsset page) {
        return withLinks(page, NONE);
    }

    private WebAsset withLinks(WebAsset page, String currentId) {
        if (titles.size() < 2) {
            return page;
        }
        Stream<String> all = Stream.of(link(ALL_ID, "./", "All", currentId));
        Stream<String> each = titles.entrySet().stream()
            .map(stream -> link(idOf(stream.getKey()), "?stream=" + stream.getKey(), stream.getValue(), currentId));
        return page.with(PLACE, Stream.concat(all, each)
            .collect(Collectors.joining("\n        ", PLACE.replace(" hidden></nav>", ">\n        "), "\n      </nav>")));
    }

    private static String link(String id, String address, String text, String currentId) {
        return "<a id=\"" + id + "\" href=\"" + address + "\"" + (id.equals(currentId) ? " aria-current=\"page\"" : "") + ">"
            + escaped(text) + "</a>";
    }

    private static String idOf(String stream) {
        return "stream-" + stream;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
