import Bureau
import Glibc
import Testing

/// A new, empty folder that is removed with all that lies in it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = "/tmp/creditd-vault-\(UInt64.random(in: .min ... .max))"
        try #require(mkdir(path, 0o700) == 0)
    }

    deinit {
        for name in names {
            unlink(file(name))
            rmdir(file(name))
        }
        rmdir(path)
    }

    func file(_ name: String) -> String {
        "\(path)/\(name)"
    }

    /// Writes a file with exactly this mode.
    func write(_ text: String, to name: String, mode: mode_t = 0o600) throws -> String {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        try #require(fchmod(descriptor, mode) == 0)
        return file(name)
    }

    /// The names of what lies in the folder.
    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
