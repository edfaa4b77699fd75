package io.sdros.server.http;

import io.sdros.server.settings.StreamSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The player page for each stream, and if there are several, the page of all. Each has plain links to all of them, which need no
 * script, and from which the page's script knows them. A link names its stream in the query, so it is the same under whatever path
 * a proxy serves the page. A page of one stream says its title instead, unless nobody has named the stream.
 *
 * @param titles by name, the first one's first; may be empty
 * @param others the title of a stream of another name, which may come and go; empty if there is none
 */
public record PageStreams(Map<String, String> titles, Function<String, Optional<String>> others) {

    /** No stream has this name. */
    static final String NONE = "";

    /** As the page for frames has it. */
    private static final String PLAYER = "<sdr-player ";
    private static final String ALL_ID = "all-streams";
    private static final String TITLE_PLACE = "<p id=\"title\" class=\"title\" hidden></p>";
    private static final String PLACE = "<nav id=\"streams\" class=\"streams\" aria-label=\"Streams\" hidden></nav>";

    public PageStreams {
        titles = new LinkedHashMap<>(titles);
    }

    /** Without others. */
    PageStreams(Map<String, String> titles) {
        this(titles, name -> Optional.empty());
    }

    /** The page for a stream that no link leads to; empty if there is none of this name. */
    Optional<WebAsset> other(WebAsset page, String name) {
        return others.apply(name).map(title -> titled(page, title));
    }

    /** The page for frames, likewise. */
    Optional<WebAsset> otherEmbedded(WebAsset page, String name) {
        return others.apply(name).map(title -> embedded(page, name, title));
    }

    /** The page's variants by the name of their stream; under {@link #NONE} the one for whoever names none. */
    Map<String, WebAsset> pages(WebAsset page) {
        Map<String, WebAsset> pages = new LinkedHashMap<>();
        titles.forEach((name, title) -> pages.put(name, several() ? withLinks(page, idOf(name)) : titled(page, title)));
        pages.put(NONE, several() ? withLinks(page, ALL_ID) : first(pages, page));
        return pages;
    }

    /** The page for frames, which shows one and has no links; under {@link #NONE} the first one's. */
    Map<String, WebAsset> embedded(WebAsset page) {
        Map<String, WebAsset> pages = new LinkedHashMap<>();
        titles.forEach((name, title) -> pages.put(name, several() || isNamed(title) ? embedded(page, name, title) : page));
        pages.put(NONE, first(pages, page));
        return pages;
    }

    private boolean several() {
        return titles.size() > 1;
    }

    private static boolean isNamed(String title) {
        return !title.equals(StreamSettings.DEFAULT_NAME);
    }

    private static WebAsset first(Map<String, WebAsset> pages, WebAsset withoutStream) {
        return pages.values().stream().findFirst().orElse(withoutStream);
    }

    private static WebAsset titled(WebAsset page, String title) {
        return isNamed(title) ? page.with(TITLE_PLACE, "<p id=\"title\" class=\"title\">" + escaped(title) + "</p>") : page;
    }

    private static WebAsset embedded(WebAsset page, String name, String title) {
        return page.with(PLAYER, "<sdr-player stream=\"" + name + "\" label=\"" + escaped(title) + "\" ");
    }

    /** The page with links of which none leads to itself. */
    WebAsset elsewhere(WebAsset page) {
        return several() ? withLinks(page, NONE) : page;
    }

    private WebAsset withLinks(WebAsset page, String currentId) {
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
