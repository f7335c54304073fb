import Glibc

/// The files below a folder. Links to files and folders are followed, as Kubernetes mounts them; hidden ones are left
/// out.
enum FolderFiles {
    /// A folder that cannot be read.
    struct Failure: Error {
        let path: String
        let code: Int32
    }

    /// A folder of the file system, by which a link to a folder above itself is known.
    private struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    /// The paths of the files, relative to the folder, in the order of their names.
    static func paths(below folder: String) throws(Failure) -> [String] {
        var paths: [String] = []
        try walk(folder, under: "", ancestors: [], into: &paths)
        return paths.sorted()
    }

    /// A path without slashes at its end.
    static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes a folder with mode 0700, and those above it as the umask says. A folder that is there stays as it is.
    static func make(_ path: String, mode: mode_t = 0o700) throws(Failure) {
        if isFolder(path) { return }
        let path = trimmed(path)
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try make(String(path[..<slash]), mode: 0o777)
        }
        // Another daemon may make the same folder at the same time.
        guard mkdir(path, mode) == 0 || errno == EEXIST && isFolder(path) else {
            throw Failure(path: path, code: errno)
        }
    }

    private static func walk(
        _ folder: String, under prefix: String, ancestors: [Identity], into paths: inout [String]
    ) throws(Failure) {
        guard let stream = opendir(folder) else { throw Failure(path: folder, code: errno) }
        defer { closedir(stream) }
        var status = stat()
        guard fstat(dirfd(stream), &status) == 0 else { throw Failure(path: folder, code: errno) }
        let identity = Identity(device: status.st_dev, inode: status.st_ino)
        if ancestors.contains(identity) { return }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".") { continue }
            let path = "\(folder)/\(name)"
            if isFolder(path) {
                try walk(path, under: prefix + name + "/", ancestors: ancestors + [identity], into: &paths)
            } else {
                paths.append(prefix + name)
            }
        }
    }
}
