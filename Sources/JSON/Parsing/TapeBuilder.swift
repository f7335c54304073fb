/// An entry of the tape, 16 bytes for each value and each key of an object.
///
/// The nodes are in the order of the text. A container is followed by its children, and a key by its value.
@usableFromInline
struct TapeNode {
    /// Where the value starts, in bytes from the start of the text.
    @usableFromInline var offset: UInt32
    /// The length of the value's text in bytes. While a container is open: the index of its parent.
    @usableFromInline var length: UInt32
    /// The number of nodes of the value, including its own: the distance to the next sibling.
    @usableFromInline var span: UInt32
    /// The kind in the three low bits, and the number of children or the flags of a scalar above them.
    @usableFromInline var tag: UInt32

    @inlinable var kind: Value.Kind {
        // The low bits were written from a `Kind`, whose cases are numbered in order. `init(rawValue:)` would do the
        // same, but cannot be inlined into other modules.
        @inline(__always) get { unsafeBitCast(UInt8(truncatingIfNeeded: tag & 7), to: Value.Kind.self) }
    }

    @inlinable var childCount: Int { Int(tag >> 3) }

    /// The flag of a string with escapes.
    @usableFromInline static let escaped: UInt32 = 1 << 3
    /// The flag of a string with bytes above 0x7F.
    @usableFromInline static let nonASCII: UInt32 = 1 << 4
    /// The flag of a number with a fraction or an exponent.
    @usableFromInline static let fractional: UInt32 = 1 << 3
    /// The increment of a container's tag for each child.
    static let oneChild: UInt32 = 1 << 3
}

/// Builds the tape of one text in a loop.
///
/// The open containers are linked through the tape, so neither depth nor size of a text takes stack.
struct TapeBuilder {
    private var scanner: Scanner
    private let tape: UnsafeMutablePointer<TapeNode>
    private let maximumDepth: Int
    private var next: UnsafeMutablePointer<TapeNode>
    private var container: UnsafeMutablePointer<TapeNode>
    private var depth = 0

    /// Prepares to write to `tape`, which must have room for any text of `count` bytes.
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
                    scanner.position += 1
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

    /// Appends a key, skips the colon, and returns the first byte of the value.
    @inline(__always)
    private mutating func appendKey(startingWith first: UInt8) throws(SyntaxError) -> UInt8 {
        guard first == UInt8(ascii: "\"") else { throw scanner.error(.unexpectedByte) }
        container.pointee.tag &+= TapeNode.oneChild
        try appendString()
        guard try scanner.nextToken() == UInt8(ascii: ":") else { throw scanner.error(.unexpectedByte) }
        scanner.position += 1
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
        scanner.position += 1
    }

    @inline(__always)
    private mutating func close() {
        scanner.position += 1
        depth &-= 1
        let parent = container.pointee.length
        container.pointee.length = scanner.offset &- container.pointee.offset
        container.pointee.span = UInt32(truncatingIfNeeded: next - container)
        container = tape + Int(parent)
    }
}
