import COpenSSL
import Contracts
import Encodings
import Glibc
import JSON
import JSONSchema
import Platform
import Repositories

/// The files of `schema/`: those in the binary, or those of a folder.
struct SchemaFiles: Sendable {
    let files: [(path: String, text: [UInt8])]

    /// Takes the embedded files; a `folder` replaces the embedded contracts. The stores' schemas always come from the
    /// binary, because its statements fit them.
    init(folder: String?) throws(StartFailure) {
        let embedded = EmbeddedFile.all.map { (path: $0.path, text: $0.bytes) }
        guard let folder else {
            files = embedded
            return
        }
        do throws(FolderFiles.Failure) {
            var read: [(path: String, text: [UInt8])] = []
            for name in try FolderFiles.paths(below: folder) where EmbeddedFile.isContract(name) {
                let path = "\(folder)/\(name)"
                guard let text = FileDescriptor.text(of: path) else {
                    throw FolderFiles.Failure(path: path, code: errno)
                }
                read.append((name, text))
            }
            guard read.contains(where: { $0.path.hasPrefix("rpc/") }) else {
                throw FolderFiles.Failure(path: "\(folder)/rpc", code: ENOENT)
            }
            // A folder without a policy keeps the binary's.
            let replaced = Set(read.map(\.path))
            files =
                embedded.filter { file in
                    !EmbeddedFile.isContract(file.path) || file.path == "policy.json" && !replaced.contains(file.path)
                } + read
        } catch {
            throw StartFailure(
                status: ExitStatus.configuration,
                message: "schema: \(error.path): \(String(cString: strerror(error.code)))")
        }
    }

    /// The steps of the schema in `folder`, in order: `sqlite/a`, `postgres`, `dynamodb`.
    ///
    /// A step is `NNNN_name.up.sql` with its `.down.sql`, or one `NNNN_name.json` for a store that has no SQL.
    /// `down` is empty where there is no file for it. Fails as ``SHA256`` does.
    func migrations(of folder: String) throws(StartFailure) -> [MigrationStep] {
        var steps: [MigrationStep] = []
        for file in files where file.path.hasPrefix("\(folder)/") {
            guard let end = [".up.sql", ".json"].first(where: file.path.hasSuffix) else { continue }
            let name = String(file.path.dropFirst(folder.count + 1).dropLast(end.count))
            let down = files.first { $0.path == "\(folder)/\(name).down.sql" }
            steps.append(
                MigrationStep(
                    name: name, up: String(decoding: file.text, as: UTF8.self),
                    down: String(decoding: down?.text ?? [], as: UTF8.self),
                    checksum: try SHA256.hexadecimal(of: file.text)))
        }
        return steps.sorted { $0.name < $1.name }
    }

    /// The text of a file that the binary carries; empty when it does not.
    func text(_ path: String) -> String {
        String(decoding: files.first { $0.path == path }?.text ?? [], as: UTF8.self)
    }
}

/// SHA-256 (FIPS 180-4), computed by OpenSSL.
enum SHA256 {
    /// The digest of `bytes` in lower-case hexadecimal, 64 characters long.
    ///
    /// Fails when OpenSSL is set up without the algorithm.
    static func hexadecimal(of bytes: [UInt8]) throws(StartFailure) -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        guard EVP_Digest(bytes, bytes.count, &digest, &length, EVP_sha256(), nil) == 1 else {
            throw StartFailure(status: ExitStatus.unavailable, message: "OpenSSL cannot compute SHA-256")
        }
        return Hexadecimal.text(of: Array(digest.prefix(Int(length))))
    }
}

/// The meta-schemas of draft 2020-12, as https://json-schema.org/specification publishes them, from the binary itself.
enum MetaSchemas {
    /// The meta-schema of every schema without `$schema`.
    static let draft = "https://json-schema.org/draft/2020-12/schema"

    /// Parses and registers the meta-schemas that the registry lacks, under their own names. A daemon never needs them.
    static func register(in registry: inout SchemaRegistry) throws {
        for file in EmbeddedFile.all where file.path.hasPrefix("draft2020-12/") {
            let document = try Document(file.bytes)
            let uri = document.withRoot { $0["$id"]?.string } ?? file.path
            if !registry.contains(uri) { try registry.register(document, at: uri) }
        }
    }
}
