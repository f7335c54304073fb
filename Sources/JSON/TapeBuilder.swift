/// Turns one text into its tape: a loop over the text with the open containers chained through the tape itself, so
/// that neither the depth of a text nor its size takes stack.
struct TapeBuilder {
    private var scanner: Scanner
    private let tape: UnsafeMutablePointer<TapeNode>
    private let maximumDepth: Int
    private var next: UnsafeMutablePointer<TapeNode>
    private var container: UnsafeMutablePointer<TapeNode>
    private var depth = 0

    /// `tape` has room for every tape that a text of `count` bytes can have.
    init(text: UnsafePointer<UInt8>, count: Int, tape: UnsafeMutablePointer<TapeNode>, limits: Parser.Limits) {
        scanner = Scanner(text: text, count: count, maximumNumberLength: limits.maximumNumberLength)
        self.tape = tape
        maximumDepth = limits.maximumDepth
        next = tape
        container = tape
    }

    mutating func build() throws(SyntaxError) {
        var byte = try scanner.nextToken()
        value: while true {
            switch byte {
            case UInt8(ascii: "\""):
                try appendString()
            case UInt8(ascii: "{"):
                try open(.object)
                byte = try scanner.nextToken()
                if byte != UInt8(ascii: "}") {
                    byte = try appendKey(startingWith: byte)
                    continue value
                }
                close()
            case UInt8(ascii: "["):
                try open(.array)
                byte = try scanner.nextToken()
                if byte != UInt8(ascii: "]") {
                    container.pointee.tag &+= TapeNode.oneChild
                    continue value
                }
                close()
            default:
                try appendScalar(startingWith: byte)
            }
            while depth > 0 {
                byte = try scanner.nextToken()
                let isObject = container.pointee.kind == .object
                if byte == UInt8(ascii: ",") {
                    scanner.skip()
                    byte = try scanner.nextToken()
                    if isObject {
                        byte = try appendKey(startingWith: byte)
                    } else {
                        container.pointee.tag &+= TapeNode.oneChild
                    }
                    continue value
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw scanner.error(.unexpectedByte)
                }
                close()
            }
            return try scanner.expectEnd()
        }
    }

    /// Appends the key that starts with `first`, takes the colon, and gives the byte with which the value starts.
    @inline(__always)
    private mutating func appendKey(startingWith first: UInt8) throws(SyntaxError) -> UInt8 {
        guard first == UInt8(ascii: "\"") else { throw scanner.error(.unexpectedByte) }
        container.pointee.tag &+= TapeNode.oneChild
        try appendString()
        guard try scanner.nextToken() == UInt8(ascii: ":") else { throw scanner.error(.unexpectedByte) }
        scanner.skip()
        return try scanner.nextToken()
    }

    @inline(__always)
    private mutating func appendString() throws(SyntaxError) {
        let start = scanner.offset
        let flags = try scanner.string()
        append(from: start, tag: Value.Kind.string.tag | flags)
    }

    @inline(__always)
    private mutating func appendScalar(startingWith first: UInt8) throws(SyntaxError) {
        let start = scanner.offset
        switch first {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let flags = try scanner.number()
            append(from: start, tag: Value.Kind.number.tag | flags)
        case UInt8(ascii: "t"):
            try scanner.word("true")
            append(from: start, tag: Value.Kind.true.tag)
        case UInt8(ascii: "f"):
            try scanner.word("false")
            append(from: start, tag: Value.Kind.false.tag)
        case UInt8(ascii: "n"):
            try scanner.word("null")
            append(from: start, tag: Value.Kind.null.tag)
        default:
            throw scanner.error(.unexpectedByte)
        }
    }

    @inline(__always)
    private mutating func append(from start: UInt32, tag: UInt32) {
        next.initialize(to: TapeNode(offset: start, length: scanner.offset &- start, span: 1, tag: tag))
        next += 1
    }

    @inline(__always)
    private mutating func open(_ kind: Value.Kind) throws(SyntaxError) {
        guard depth < maximumDepth else { throw scanner.error(.tooDeep) }
        depth &+= 1
        let parent = UInt32(truncatingIfNeeded: container - tape)
        next.initialize(to: TapeNode(offset: scanner.offset, length: parent, span: 1, tag: kind.tag))
        container = next
        next += 1
        scanner.skip()
    }

    @inline(__always)
    private mutating func close() {
        scanner.skip()
        depth &-= 1
        let parent = container.pointee.length
        container.pointee.length = scanner.offset &- container.pointee.offset
        container.pointee.span = UInt32(truncatingIfNeeded: next - container)
        container = tape + Int(parent)
    }
}
