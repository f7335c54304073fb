extension Format {
    /// A URI template of any level: RFC 6570 §2. An apostrophe is a literal, as its erratum 6937 says.
    package static let uriTemplate = Format(name: "uri-template") { text in
        var reader = DigitReader(text)
        let beyond = Beyond.charactersAndPrivateUse.ranges
        while !reader.isAtEnd {
            if reader.takes("{") {
                guard reader.takesExpression() else { return false }
            } else {
                let isLiteral =
                    reader.takeRun(of: literals) > 0 || reader.takesPercentEncoded() || reader.takesScalar(in: beyond)
                guard isLiteral else { return false }
            }
        }
        return true
    }

    private static let literals = ASCIISet.alphanumeric.union("!#$&'()*+,-./:;=?@[]_~")
}

extension DigitReader {
    private static let operators: [Unicode.Scalar] = ["+", "#", ".", "/", ";", "?", "&", "=", ",", "!", "@", "|"]
    private static let variableCharacters = ASCIISet.alphanumeric.union("_")

    /// Takes what follows `{`, and the `}`.
    fileprivate mutating func takesExpression() -> Bool {
        _ = Self.operators.contains { takes($0) }
        repeat {
            guard takesVariable() else { return false }
        } while takes(",")
        return takes("}")
    }

    /// Takes a variable with its modifier: RFC 6570 §2.3 and §2.4.
    private mutating func takesVariable() -> Bool {
        repeat {
            guard takesVariableCharacters() else { return false }
        } while takes(".")
        if takes("*") || !takes(":") { return true }
        return !takes("0") && (1...4).contains(takeRun(of: .digits))
    }

    private mutating func takesVariableCharacters() -> Bool {
        var isTaken = false
        while takeRun(of: Self.variableCharacters) > 0 || takesPercentEncoded() { isTaken = true }
        return isTaken
    }
}
