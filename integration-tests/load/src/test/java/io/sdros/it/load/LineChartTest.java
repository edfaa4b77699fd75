package io.sdros.it.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.sdros.it.load.LineChart.Line;
import io.sdros.it.load.LineChart.Point;
import java.io.StringReader;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class LineChartTest {

    private static final LineChart CHART = new LineChart("Age & delay", "a < b", "viewers", "age, ms", List.of(
            new Line("p50", List.of(new Point(1, 0.2), new Point(10, 0.5), new Point(1000, 6))),
            new Line("p99", List.of(new Point(1, 0.8), new Point(10, 2), new Point(1000, 17)))));

    @Test
    void isWellFormedAndSaysInWordsWhatItShows() throws Exception {
        Document svg = parsed(CHART.svg());

        assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("Age & delay");
        assertThat(svg.getElementsByTagName("desc").item(0).getTextContent()).isEqualTo(
                "age, ms by viewers. p50: 0.2 at 1, 0.5 at 10, 6 at 1000; p99: 0.8 at 1, 2 at 10, 17 at 1000.");
        assertThat(texts(svg)).contains("Age & delay", "a < b", "viewers", "age, ms", "p50", "p99", "1", "1000", "0.2", "20")
                .doesNotContain("2000", "0.1");
    }

    @Test
    void tenTimesAsMuchIsAsFarEverywhere() throws Exception {
        NodeList circles = parsed(CHART.svg()).getElementsByTagName("circle");
        double[] x = IntStream.range(0, circles.getLength())
                .mapToDouble(i -> Double.parseDouble(((Element) circles.item(i)).getAttribute("cx"))).toArray();
        double[] y = IntStream.range(0, circles.getLength())
                .mapToDouble(i -> Double.parseDouble(((Element) circles.item(i)).getAttribute("cy"))).toArray();

        assertThat(x).hasSize(6);
        assertThat(x[2] - x[1]).isCloseTo(2 * (x[1] - x[0]), within(0.3));
        assertThat(y[0]).as("more is higher").isGreaterThan(y[1]);
        assertThat(DoubleStream.of(y)).allMatch(pixel -> pixel > 0 && pixel < 400);
    }

    @Test
    void theSameValuesMakeTheSameBytes() {
        assertThat(CHART.svg()).isEqualTo(new LineChart(CHART.title(), CHART.subtitle(), CHART.xLabel(), CHART.yLabel(),
                CHART.lines()).svg()).doesNotContain("E-").endsWith("</svg>\n");
    }

    @Test
    void hasNoPlaceForNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new LineChart("", "", "", "", List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new LineChart("", "", "", "",
                List.of(new Line("a", List.of(new Point(0, 1))))));
    }

    private static List<String> texts(Document svg) {
        NodeList texts = svg.getElementsByTagName("text");
        return IntStream.range(0, texts.getLength()).mapToObj(i -> texts.item(i).getTextContent()).toList();
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}
