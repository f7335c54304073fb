import Patterns
import Testing

struct PatternErrorTests {
    @Test("an error tells its place and reason")
    func description() {
        #expect(PatternError(reason: .invalidRange, offset: 3).description == "at byte 3: invalid_range")
    }
}
