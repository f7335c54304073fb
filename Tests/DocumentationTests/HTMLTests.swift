import Testing

@testable import Documentation

@Suite("HTML")
struct HTMLTests {
    @Test("a text cannot become a tag or an attribute's end")
    func escapes() {
        let text = "</pre><script>&\"'"
        #expect(("<b>\(text)</b>" as HTML).text == "<b>&lt;/pre>&lt;script>&amp;\"'</b>")
        #expect(("<a title=\"\(attribute: text)\">" as HTML).text == "<a title=\"</pre><script>&amp;&quot;'\">")
    }
}
