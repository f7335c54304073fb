import Glibc
import Platform
import Synchronization

/// A folder for temporary files, which is removed with this object.
public final class ScratchFolder: Sendable {
    public let path: String
    private let isKept = Atomic(false)

    /// Makes a folder whose name begins with `name`.
    public init(name: String) throws(ChildStartError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .noTemporaryFolder }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        guard !isKept.load(ordering: .relaxed) else { return }
        Self.removeAll(in: path)
        rmdir(path)
    }

    /// Leaves the folder on disk.
    func keep() {
        isKept.store(true, ordering: .relaxed)
    }

    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// A path in the folder at which nothing is.
    public func freshPath(_ name: String) -> String {
        path("\(name)-\(String(UInt64.random(in: .min ... .max), radix: 36))")
    }

    /// Writes files into a folder of this one, by their paths there, and makes the folders between.
    func write(_ files: [String: [UInt8]], under name: String) -> Bool {
        files.allSatisfy { file, bytes in
            var folder = path
            for part in [name] + file.split(separator: "/").dropLast().map(String.init) {
                folder += "/\(part)"
                mkdir(folder, 0o700)
            }
            let descriptor = open("\(path)/\(name)/\(file)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(descriptor) }
            return FileDescriptor(descriptor).writeAll(bytes)
        }
    }

    /// Removes what is in a folder. What cannot be removed stays for the cleaning of the system.
    private static func removeAll(in path: String) {
        guard let folder = opendir(path) else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            if unlink("\(path)/\(name)") != 0 {
                removeAll(in: "\(path)/\(name)")
                rmdir("\(path)/\(name)")
            }
        }
    }
}
