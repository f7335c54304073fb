import JSON

/// The reading of an answer's JSON.
enum Answer {
    /// Parses `body` in place and lends its value.
    static func read<R>(
        _ body: [UInt8], _ take: (Value) throws(MalformedItem) -> R
    ) throws(MalformedItem) -> R {
        var parser = Parser()
        let result: Result<R, MalformedItem> = body.withUnsafeBufferPointer { text in
            guard let value = try? parser.parse(text), value.kind == .object else { return .failure(MalformedItem()) }
            do throws(MalformedItem) {
                return .success(try take(value))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
