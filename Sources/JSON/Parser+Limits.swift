extension Parser {
    /// What a text may cost. RFC 8259 §9 leaves all of these to the implementation.
    package struct Limits: Sendable, Equatable {
        /// Levels of nesting that are still served; a scalar has none, `[]` has one.
        package var maximumDepth: Int
        /// Bytes of a number's text.
        package var maximumNumberLength: Int
        /// Bytes of the whole text, at most 1 GiB: the tape's numbers have 32 bits.
        package let maximumLength = 1 << 30

        package init(maximumDepth: Int = 64, maximumNumberLength: Int = 1024) {
            self.maximumDepth = maximumDepth
            self.maximumNumberLength = maximumNumberLength
        }
    }
}
