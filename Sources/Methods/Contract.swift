import JSON

/// What `schema/rpc/<method>.json` says of one method.
package struct Contract: Sendable {
    package let method: String
    package let document: Document

    /// The path under which the document is registered, to which its references are relative.
    package var path: String { "rpc/\(method).json" }

    package init(method: String, document: Document) {
        self.method = method
        self.document = document
    }

    package var summary: String { document.root["summary"]?.string ?? "" }

    /// The raw values of the purposes for which a method may read base A; nil when it does not.
    package var purposes: [String]? {
        document.root["purposes"].map { $0.elements.compactMap(\.string) }
    }

    /// The reasons of the program's own errors that the method can be answered with.
    package var errors: [String] {
        document.root["errors"].map { $0.elements.compactMap(\.string) } ?? []
    }
}
