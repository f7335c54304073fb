extension Writer {
    /// Appends an object of which `body` writes the members, each as a ``key(_:)`` and a value.
    @inlinable
    public mutating func object<E: Error>(_ body: (inout Writer) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    /// Appends an array of which `body` writes the elements.
    @inlinable
    public mutating func array<E: Error>(_ body: (inout Writer) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// Appends a member's key, which needs no escapes, and the colon.
    @inlinable
    public mutating func key(_ key: StaticString) {
        let count = key.utf8CodeUnitCount
        let isCommaDue = isCommaDue
        appendUpTo(count + 4) { target in
            target[0] = UInt8(ascii: ",")
            let start = target + (isCommaDue ? 1 : 0)
            start[0] = UInt8(ascii: "\"")
            (start + 1).update(from: key.utf8Start, count: count)
            start[count + 1] = UInt8(ascii: "\"")
            start[count + 2] = UInt8(ascii: ":")
            return count + (isCommaDue ? 4 : 3)
        }
        self.isCommaDue = false
    }

    /// Appends a member's key, escaped as it must be, and the colon. A literal is taken for a static string.
    @_disfavoredOverload
    package mutating func key(_ key: String) {
        string(key)
        append(UInt8(ascii: ":"))
        isCommaDue = false
    }

    /// Appends `true` or `false`.
    @inlinable
    public mutating func bool(_ value: Bool) {
        verbatim(value ? "true" : "false")
    }

    /// Appends `null`.
    @inlinable
    public mutating func null() {
        verbatim("null")
    }

    /// Appends one value of which the JSON is known, such as an id that is echoed.
    @inlinable
    public mutating func verbatim(_ json: UnsafeBufferPointer<UInt8>) {
        separate()
        append(json)
        isCommaDue = true
    }

    /// Appends one value of which the JSON is known.
    @inlinable
    public mutating func verbatim(_ json: StaticString) {
        verbatim(UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    /// Writes the comma that a value or a key needs before it.
    @inlinable
    mutating func separate() {
        if isCommaDue { append(UInt8(ascii: ",")) }
    }

    @inlinable
    mutating func open(_ bracket: UInt8) {
        separate()
        append(bracket)
        isCommaDue = false
    }

    @inlinable
    mutating func close(_ bracket: UInt8) {
        append(bracket)
        isCommaDue = true
    }
}
