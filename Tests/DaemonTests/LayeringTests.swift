import Foundation
import Testing

/// The map of the modules, held against what the sources import.
@Suite("Layering")
struct LayeringTests {
    /// What each module may import beside the standard library and the C library.
    private static let map: [String: Set<String>] = [
        "JSON": [],
        "Patterns": [],
        "JSONSchema": ["JSON", "Patterns"],
        "Platform": [],
        "JSONRPC": ["JSON", "JSONSchema", "Platform"],
        "Bureau": [],
        "Vault": ["Bureau", "COpenSSL"],
        "Repositories": ["Bureau"],
        "StoreSQLite": ["Repositories", "Bureau", "GRDB", "GRDBSQLite"],
        "StorePostgres": ["Repositories", "Bureau", "Platform", "CLibpq"],
        "StoreDynamoDB": ["Repositories", "Bureau", "Platform", "JSON", "CCurl"],
        "StoreRedis": ["Repositories", "Bureau", "Encodings", "Platform", "CHiredis", "COpenSSL"],
        "Services": ["Bureau", "Vault", "Repositories"],
        "Methods": ["JSON", "JSONSchema", "JSONRPC", "Bureau", "Repositories", "Services"],
        "Contracts": [],
        "Conformance": ["JSON"],
        "EmbedFiles": ["Foundation", "PackagePlugin"],
        "creditd": [
            "JSON", "JSONSchema", "JSONRPC", "Platform", "Bureau", "Vault", "Repositories", "StoreSQLite",
            "StorePostgres", "StoreDynamoDB", "StoreRedis", "Services", "Methods", "Contracts", "Conformance",
            "COpenSSL",
            "Logging", "ArgumentParser", "Foundation",
        ],
        "CLibpq": [], "CHiredis": [], "COpenSSL": [], "CCurl": [],
    ]

    /// What comes with Swift and carries no weight of its own.
    private static let free: Set = ["Swift", "Glibc", "Synchronization"]

    private func folders(of path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder)
            return isThere && isFolder.boolValue
        }
    }

    @Test("a module imports what the map allows it and nothing else")
    func imports() throws {
        let sources = Repository.path("Sources")
        #expect(try Set(folders(of: sources)) == Set(Self.map.keys), "the modules of the map are those in Sources")
        for (module, allowed) in Self.map {
            let files = try FileManager.default.subpathsOfDirectory(atPath: "\(sources)/\(module)")
            for file in files where file.hasSuffix(".swift") {
                let text = try String(contentsOfFile: "\(sources)/\(module)/\(file)", encoding: .utf8)
                for match in text.matches(of: Self.importStatement) {
                    let name = String(match.1)
                    #expect(Self.free.contains(name) || allowed.contains(name), "\(module)/\(file) imports \(name)")
                }
            }
        }
    }

    /// `import M`, with attributes, an access level and a kind before it, and a symbol after it.
    private static var importStatement: Regex<(Substring, Substring)> {
        #/
        (?m) ^ \h*
        (?: @\w+ (?: \([^)]*\) )? \h+ )*
        (?: (?: public | package | internal | fileprivate | private ) \h+ )?
        import \h+
        (?: (?: typealias | struct | class | enum | protocol | let | var | func ) \h+ )?
        (\w+)
        /#
    }

    @Test(
        "every form of an import statement is seen",
        arguments: [
            "import Foundation", "    import Foundation", "@testable import Foundation", "package import Foundation",
            "@_exported public import Foundation", "import struct Foundation.Data", "import Foundation.NSData",
            "@_spi(X) internal import Foundation",
        ])
    func forms(statement: String) {
        #expect("let a = 1\n\(statement)\n".matches(of: Self.importStatement).map { String($0.1) } == ["Foundation"])
    }

    @Test("Foundation stays out of the lower modules")
    func foundation() {
        let lower = [
            "JSON", "JSONSchema", "JSONRPC", "Bureau", "Vault", "Repositories", "Services", "Methods", "Platform",
            "Conformance",
        ]
        for module in lower { #expect(Self.map[module]?.contains("Foundation") == false) }
    }

    @Test("the top level holds the layout and nothing else")
    func topLevel() throws {
        let layout: Set = [
            "Package.swift", "Sources", "Tests", "schema", "docker-compose.yml", "README.md", "Makefile",
        ]
        let all = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
        let names = all.filter { !$0.hasPrefix(".") }
        // SwiftPM writes its pins beside the package; they are not part of the repository.
        let others = Set(names).subtracting(layout).subtracting(["Package.resolved"])
        #expect(others.isEmpty, "\(others.sorted())")
        #expect(Set(["Package.swift", "Sources", "Tests", "schema"]).isSubset(of: names))
    }
}
