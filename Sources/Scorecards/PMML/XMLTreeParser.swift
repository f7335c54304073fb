import CExpat

/// Reads an XML 1.0 document into a tree of elements, by libexpat.
///
/// A document type declaration is refused: without it there are no entities but XML's own five, none that expand
/// into others ("billion laughs") and none that name another file.
struct XMLTreeParser {
    /// The most bytes of a document.
    static let maximumBytes = 16 << 20
    /// The most elements of a document.
    static let maximumElements = 100_000
    /// The most bytes of an attribute, and of an element's own text.
    static let maximumTextBytes = 256 << 10
    /// The most elements that one element lies in, with itself.
    static let maximumDepth = 64

    /// Reads the root of a document in UTF-8, UTF-16, ISO-8859-1 or ASCII.
    static func root(of text: [UInt8]) throws(XMLError) -> XMLElement {
        guard text.count <= maximumBytes else {
            throw XMLError(line: 1, reason: "more than \(maximumBytes >> 20) MiB")
        }
        guard let parser = XML_ParserCreateNS(nil, XML_Char(bitPattern: separator)) else {
            throw XMLError(line: 1, reason: "there is no memory")
        }
        defer { XML_ParserFree(parser) }
        let tree = Tree(parser)
        return try withExtendedLifetime(tree) { () throws(XMLError) in
            XML_SetUserData(parser, Unmanaged.passUnretained(tree).toOpaque())
            setHandlers(of: parser)
            let status = text.withUnsafeBytes { bytes in
                XML_Parse(parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), 1)
            }
            if let error = tree.error { throw error }
            guard status == XML_STATUS_OK, let root = tree.root else {
                let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
                throw XMLError(line: tree.line, reason: reason ?? "not well-formed")
            }
            return root
        }
    }

    /// Between a namespace and a name; a line break is in neither.
    private static let separator = UInt8(ascii: "\n")

    private static func setHandlers(of parser: XML_Parser) {
        XML_SetElementHandler(
            parser,
            { Tree.of($0)?.begin($1, $2) },
            { context, _ in Tree.of(context)?.end() })
        XML_SetCharacterDataHandler(parser) { Tree.of($0)?.append($1, Int($2)) }
        XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
            Tree.of(context)?.refuse("a document type declaration (<!DOCTYPE>), which is not read: it defines entities")
        }
    }

    /// The tree as far as it has been read. It lives as long as the parser, which calls it on one thread.
    private final class Tree {
        private let parser: XML_Parser
        /// The elements that are open, the root first.
        private var open: [XMLElement] = []
        private var count = 0
        private(set) var root: XMLElement?
        private(set) var error: XMLError?

        init(_ parser: XML_Parser) { self.parser = parser }

        static func of(_ context: UnsafeMutableRawPointer?) -> Tree? {
            context.map { Unmanaged<Tree>.fromOpaque($0).takeUnretainedValue() }
        }

        var line: Int { Int(XML_GetCurrentLineNumber(parser)) }

        func begin(
            _ name: UnsafePointer<XML_Char>?, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
        ) {
            // The parser may make a few more calls after it has been stopped.
            guard error == nil, let name else { return }
            count += 1
            guard count <= XMLTreeParser.maximumElements else {
                return refuse("more than \(XMLTreeParser.maximumElements) elements")
            }
            guard open.count < XMLTreeParser.maximumDepth else {
                return refuse("elements more than \(XMLTreeParser.maximumDepth) deep")
            }
            let attributes = Self.dictionary(attributes)
            if let long = attributes.first(where: { $0.value.utf8.count > XMLTreeParser.maximumTextBytes }) {
                return refuse("the attribute \(long.key) has more than \(XMLTreeParser.maximumTextBytes >> 10) KiB")
            }
            let parts = String(cString: name).split(separator: "\n", maxSplits: 1)
            open.append(
                XMLElement(
                    namespace: parts.count == 2 ? String(parts[0]) : "", name: String(parts.last ?? ""),
                    attributes: attributes, line: line))
        }

        func end() {
            guard error == nil, let element = open.popLast() else { return }
            if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
        }

        func append(_ text: UnsafePointer<XML_Char>?, _ count: Int) {
            guard error == nil, !open.isEmpty else { return }
            guard open[open.count - 1].text.utf8.count + count <= XMLTreeParser.maximumTextBytes else {
                return refuse("a text of more than \(XMLTreeParser.maximumTextBytes >> 10) KiB")
            }
            let bytes = UnsafeRawBufferPointer(start: text, count: count)
            open[open.count - 1].text += String(decoding: bytes, as: UTF8.self)
        }

        /// Stops the parser with an error of its user's.
        func refuse(_ reason: String) {
            guard error == nil else { return }
            error = XMLError(line: line, reason: reason)
            XML_StopParser(parser, XML_Bool(XML_FALSE))
        }

        /// Names and values, in turn, up to a null pointer.
        private static func dictionary(
            _ list: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
        ) -> [String: String] {
            var attributes: [String: String] = [:]
            guard var next = list else { return attributes }
            while let name = next[0], let value = next[1] {
                attributes[String(cString: name)] = String(cString: value)
                next += 2
            }
            return attributes
        }
    }
}
