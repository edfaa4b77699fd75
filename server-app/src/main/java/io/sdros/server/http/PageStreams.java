package io.sdros.server.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The player page for each stream. If there are several, each has plain links to all of them, which need no script. A link
 * names its stream in the query, so it is the same under whatever path a proxy serves the page.
 *
 * @param titles by name, the stream first that the page shows when none is named; empty: one without a name
 */
public record PageStreams(Map<String, String> titles) {

    private static final String PLACE = "<nav id=\"streams\" class=\"streams\" aria-label=\"Streams\" hidden></nav>";

    public PageStreams {
        titles = new LinkedHashMap<>(titles);
    }

    /** The page's variants by the name of their stream. */
    Map<String, WebAsset> pages(WebAsset page) {
        Map<String, WebAsset> pages = new LinkedHashMap<>();
        titles.keySet().forEach(name -> pages.put(name, titles.size() < 2 ? page : page.with(PLACE, links(name))));
        return pages;
    }

    private String links(String shown) {
        return titles.entrySet().stream()
            .map(stream -> "<a id=\"stream-" + stream.getKey() + "\" href=\"?stream=" + stream.getKey() + "\""
                + (stream.getKey().equals(shown) ? " aria-current=\"page\"" : "") + ">" + escaped(stream.getValue()) + "</a>")
            .collect(Collectors.joining("\n        ", PLACE.replace(" hidden></nav>", ">\n        "), "\n      </nav>"));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
