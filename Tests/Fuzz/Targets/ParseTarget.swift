import JSON

/// Any bytes as a JSON text.
///
/// What is refused is refused at a byte of the text; what is accepted can be walked, compared and written, and reads
/// the same when it is read again.
package struct ParseTarget: FuzzTarget {
    private let parser = ReusedParser()

    package init() {}

    package func run(_ input: UnsafeBufferPointer<UInt8>) {
        do throws(SyntaxError) {
            let value = try parser.parser.parse(input)
            accepted(value, in: input)
            Promise.demand(refusal(of: [0x20] + input + [0x0A]) == nil, "white space around a text changes nothing")
        } catch {
            Promise.demand((0...input.count).contains(error.offset), "a refusal's offset lies in the text")
            let later = refusal(of: [0x20] + input)
            Promise.demand(later?.reason == error.reason, "a space before a text does not change why it is refused")
            Promise.demand(later?.offset == error.offset + 1, "a space before a text moves the refusal by one")
        }
    }

    private func accepted(_ value: Value, in text: UnsafeBufferPointer<UInt8>) {
        Walk(text: text).take(value)
        Promise.demand(value == value && value.hashValue == value.hashValue, "a value equals itself")
        Promise.demand(
            value.duplicateKey?.offset == Walk.duplicateKey(of: value)?.offset, "the first duplicate key is found")

        var echo = Writer()
        echo.value(value)
        again(echo, equals: value)
        var rewritten = Writer()
        rewritten.rewrite(value)
        again(rewritten, equals: value)
    }

    private func again(_ written: Writer, equals value: Value) {
        written.withBytes { bytes in
            Promise.demand(!bytes.contains(0x0A) || value.rawText.contains(0x0A), "no line end is written")
            do throws(SyntaxError) {
                let document = try Document(bytes)
                document.withRoot { copy in
                    Promise.demand(copy == value, "what was written reads the same")
                    Promise.demand(copy.hashValue == value.hashValue, "equal values have equal hashes")
                    var echo = Writer()
                    echo.value(copy)
                    Promise.demand(echo.bytes.elementsEqual(bytes), "an echo's echo is the echo")
                }
            } catch {
                Promise.demand(false, "what was written is JSON")
            }
        }
    }

    private func refusal(of text: [UInt8]) -> SyntaxError? {
        do throws(SyntaxError) {
            _ = try Document(text)
            return nil
        } catch {
            return error
        }
    }
}

/// One parser for all texts, as a connection has it.
private final class ReusedParser {
    var parser = Parser()
}

extension Writer {
    /// Appends a value by its parts.
    fileprivate mutating func rewrite(_ value: Value) {
        switch value.kind {
        case .null: null()
        case .true: bool(true)
        case .false: bool(false)
        case .number: if let short = value.shortInteger { number(short) } else { verbatim(value.rawText) }
        case .string: value.withUTF8 { string(utf8: $0) }
        case .array: array { for element in value.elements { $0.rewrite(element) } }
        case .object:
            object { writer in
                for member in value.members {
                    writer.key(member.key.string ?? "")
                    writer.rewrite(member.value)
                }
            }
        }
    }
}
