import Foundation
import Testing

/// The map of the modules: Package.swift is the one truth, and what else tells of modules is held against it.
@Suite("Layering")
struct LayeringTests {
    /// What Package.swift lists for each module in Sources.
    private static func listed() throws -> [String: Set<String>] {
        let manifest = try String(contentsOfFile: Repository.path("Package.swift"), encoding: .utf8)
        var map: [String: Set<String>] = [:]
        for line in manifest.matches(of: #/(?s)\bmodule\(\s*("\w+".*?)(?:, (?:exclude|plugins): .*?)?\),?\n/#) {
            let names = line.1.split(separator: ",").map { name in
                String(name.filter { !$0.isWhitespace && $0 != "\"" })
            }
            map[names[0]] = Set(names.dropFirst().map { products[$0] ?? $0 })
        }
        return map
    }

    /// The names that Package.swift gives to products of other packages.
    private static let products = ["grdb": "GRDB", "sqlite": "GRDBSQLite"]

    @Test("Sources/README.md maps every module as Package.swift lists it")
    func map() throws {
        let text = try String(contentsOfFile: Repository.path("Sources/README.md"), encoding: .utf8)
        let rows = text.matches(of: #/(?m)^\| `(\w+)` \| [^|]* \| ([^|]*) \|$/#)
        let described = Dictionary(
            uniqueKeysWithValues: rows.map { row in
                let imports = row.2.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                return (String(row.1), Set(imports.filter { $0 != "nothing" }))
            })
        let listed = try Self.listed()
        #expect(listed.count > 10)
        for (module, imports) in listed { #expect(described[module] == imports, "\(module)") }
        #expect(Set(described.keys).subtracting(listed.keys).isEmpty)
    }

    @Test("a folder of Sources is a module, a C library or a plugin")
    func folders() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Repository.path("Sources"))
            .filter { $0 != "README.md" }
        let others: Set = [
            "creditd", "CheckImports", "EmbedFiles", "COpenSSL", "CLibpq", "CCurl", "CHiredis", "CExpat",
            "CLinux", "CSQLite",
        ]
        #expect(try Set(folders) == Set(Self.listed().keys).union(others))
    }

    @Test(
        "every form of an import statement is checked",
        arguments: [
            "import Vault", "    import Vault", "@testable import Vault", "package import Vault",
            "@_exported public import Vault", "import struct Vault.BaseVault", "import Vault.BaseVault",
            "@_spi(X) internal import Vault",
        ])
    func forms(statement: String) throws {
        #expect(try checkImports(of: "let a = 1\n\(statement)\n", listed: "Bureau") != 0)
        #expect(try checkImports(of: "let a = 1\n\(statement)\n", listed: "Bureau Vault") == 0)
    }

    @Test("a word in a comment, a name or a text of several lines is no import")
    func noImports() throws {
        let text = "// import Vault\nlet important = \"\"\"\n    import json\n    \"\"\"\nimport Bureau\n"
        #expect(try checkImports(of: text, listed: "Bureau") == 0)
    }

    /// Runs the check that the build runs; returns its exit status.
    private func checkImports(of source: String, listed: String) throws -> Int32 {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "Source.swift")
        try Data(source.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            Repository.path("Sources/CheckImports/check-imports.sh"), "Module", folder.appending(path: "stamp").path,
            listed, file.path,
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test("a type name at the top level of a file stands in one module alone")
    func typeNames() throws {
        var modules: [String: Set<String>] = [:]
        let sources = Repository.path("Sources")
        for file in try FileManager.default.subpathsOfDirectory(atPath: sources) where file.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8)
            let module = String(file.prefix { $0 != "/" })
            for match in text.matches(of: Self.declaration) { modules[String(match.1), default: []].insert(module) }
        }
        #expect(modules.count > 100)
        let shared = modules.filter { $0.value.count > 1 }.map {
            "\($0.key): \($0.value.sorted().joined(separator: ", "))"
        }
        #expect(shared.isEmpty, "\(shared.sorted())")
    }

    /// The declaration of a type that begins at the first column.
    private static var declaration: Regex<(Substring, Substring)> {
        #/
        (?m) ^
        (?: @\w+ (?: \([^)]*\) )? \h+ )*
        (?: (?: public | package | internal | fileprivate | private | final | indirect ) \h+ )*
        (?: struct | class | enum | actor | protocol | typealias ) \h+
        (\w+)
        /#
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
