import Patterns

/// A pattern on the first line, and a text on each of the others.
package struct PatternTarget: FuzzTarget {
    package init() {}

    package func run(_ input: UnsafeBufferPointer<UInt8>) {
        let lines = input.split(separator: 0x0A, maxSplits: 16, omittingEmptySubsequences: false)
        let source = lines.first.map { Array($0) } ?? []
        do throws(PatternError) {
            let pattern = try Pattern(source)
            Promise.demand(Pattern.isValid(source), "a pattern that can be matched is one of ECMA-262")
            // To read the tables of Unicode takes so long that a second time is not worth it.
            let twins = source.contains(where: { $0 | 0x20 == UInt8(ascii: "p") }) ? [] : self.twins(of: source)
            for line in lines.dropFirst() where String(validating: line, as: UTF8.self) != nil {
                let outcome = pattern.matches(UnsafeBufferPointer(rebasing: line))
                for twin in twins {
                    Promise.demand(twin.matches(UnsafeBufferPointer(rebasing: line)) == outcome, "twins match the same")
                }
            }
        } catch {
            Promise.demand((0...source.count).contains(error.offset), "a refusal's offset lies in the pattern")
            let invalid = String(validating: source, as: UTF8.self) == nil
            if invalid { Promise.demand(!Pattern.isValid(source), "a pattern is UTF-8") }
        }
    }

    /// The same pattern in other words, as far as they stay within the limits.
    private func twins(of source: [UInt8]) -> [Pattern] {
        [Array("(?:".utf8) + source + [0x29], Array("[^]*(?:".utf8) + source + Array(")[^]*".utf8)]
            .compactMap { try? Pattern($0) }
    }
}
