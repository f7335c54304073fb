import ArgumentParser
import Foundation
import JSON

/// A JSON document that is named on the command line.
struct DocumentFile {
    /// By which others refer to it; references in it are relative to that.
    let uri: String
    let document: Document

    /// Reads a file, or stdin for `-`.
    init(_ path: String) throws(StartFailure) {
        let bytes: [UInt8]
        if path == "-" {
            uri = "file:///dev/stdin"
            do { bytes = try Descriptor(0).readAll() } catch {
                throw StartFailure(status: ExitStatus.wrongData, message: "stdin cannot be read")
            }
        } else {
            uri = URL(filePath: path).standardized.absoluteString
            bytes = try Self.read(path)
        }
        do throws(SyntaxError) {
            document = try Document(bytes, limits: Parser.Limits(maximumDepth: DeepStack.maximumDepth))
        } catch {
            let message = "\(path) is not JSON: \(error.reason.rawValue) at byte \(error.offset)"
            throw StartFailure(status: ExitStatus.wrongData, message: message)
        }
    }

    /// The file at a path, or the JSON files below it if it is a folder.
    static func all(at path: String) throws(StartFailure) -> [DocumentFile] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [try DocumentFile(path)]
        }
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        var files: [DocumentFile] = []
        for name in names.sorted() where name.hasSuffix(".json") { files.append(try DocumentFile("\(path)/\(name)")) }
        return files
    }

    private static func read(_ path: String) throws(StartFailure) -> [UInt8] {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StartFailure(status: ExitStatus.noInput, message: "\(path): no such file")
        }
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw StartFailure(status: ExitStatus.wrongData, message: "\(path) cannot be read")
        }
    }
}
