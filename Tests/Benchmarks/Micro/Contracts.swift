import Glibc
import JSON
import JSONSchema
import Methods

/// The contracts of this repository, compiled as the daemon compiles them.
enum Contracts {
    private static let root = String(#filePath.dropLast("Tests/Benchmarks/Micro/Contracts.swift".count))

    /// The schema of a method's params.
    static func params(of method: String) -> Schema {
        do {
            var registry = SchemaRegistry(formats: BureauFormats.all)
            for path in ["rpc/\(method).json"] + types() {
                try registry.register(Document(file("schema/\(path)")), at: path)
            }
            return try registry.compile("rpc/\(method).json", at: "/params")
        } catch {
            preconditionFailure("\(method): \(error)")
        }
    }

    /// A small file of the repository.
    static func file(_ path: String) -> [UInt8] {
        guard let file = fopen(root + path, "r") else { preconditionFailure("\(path): no such file") }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        return bytes
    }

    private static func types() -> [String] {
        guard let directory = opendir(root + "schema/types") else { return [] }
        defer { closedir(directory) }
        var paths: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json") { paths.append("types/\(name)") }
        }
        return paths
    }
}
