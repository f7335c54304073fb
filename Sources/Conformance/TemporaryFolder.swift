import Glibc

/// A folder that is there as long as somebody holds this.
final class TemporaryFolder {
    let path: String

    /// Makes it in the folder for temporary files; nil when that cannot be.
    init?() {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/creditd-conformance-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.removeAll(in: path)
        rmdir(path)
    }

    /// The bytes of a file in it; none when there is no such file.
    func contents(of name: String) -> [UInt8] {
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Writes files into a folder of it, by their paths there, and makes the folders that these need.
    func write(_ files: [String: [UInt8]], under name: String) -> Bool {
        files.allSatisfy { file, bytes in
            var folder = path
            for part in [name] + file.split(separator: "/").dropLast().map(String.init) {
                folder += "/\(part)"
                mkdir(folder, 0o700)
            }
            let descriptor = open("\(path)/\(name)/\(file)", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(descriptor) }
            return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
        }
    }

    /// Removes what is in a folder. What cannot be removed stays: the system's own cleaning takes it.
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
