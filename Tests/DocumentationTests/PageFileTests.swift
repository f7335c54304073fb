import Documentation
import Testing

@Suite("Files of the page")
struct PageFileTests {
    @Test("the binary carries the page's style")
    func style() {
        #expect(PageFile.all.contains { $0.path == "page.css" })
    }
}
