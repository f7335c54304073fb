import Testing

@testable import Bureau

@Suite("PostalCode")
struct PostalCodeTests {
    @Test(
        "both forms are read, and leading zeros kept",
        arguments: [
            ("01310100", "01310100"), ("01310-100", "01310100"), ("00000001", "00000001"), ("99999-999", "99999999"),
        ])
    func reads(_ text: String, _ written: String) {
        #expect(PostalCode(text)?.text == written)
    }

    @Test(
        "any other form is refused",
        arguments: [
            "", "1310100", "013101000", "01310 100", "0131-0100", "01310-10", "01310-1000", "0131010a", "-1310100",
            "01310_100",
        ])
    func refuses(_ text: String) {
        #expect(PostalCode(text) == nil)
    }
}
