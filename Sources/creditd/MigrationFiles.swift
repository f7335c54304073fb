import ArgumentParser
import Foundation

/// The files of a schema's steps, in a project's folder.
struct MigrationFiles {
    let folder: String

    /// Makes the two files of a step with the next number, and gives their paths.
    func begin(_ name: String) throws -> [String] {
        guard !name.isEmpty, name.utf8.allSatisfy({ Self.isNameByte($0) }) else {
            throw ValidationError("A step's name is of lower-case letters, digits and _.")
        }
        let manager = FileManager.default
        guard let files = try? manager.contentsOfDirectory(atPath: folder) else {
            throw ValidationError("There is no folder \(folder).")
        }
        let last = files.compactMap { Int($0.prefix(4)) }.max() ?? 0
        let number = String(repeating: "0", count: max(0, 4 - "\(last + 1)".count)) + "\(last + 1)"
        return try ["up", "down"].map { direction in
            let path = "\(folder)/\(number)_\(name).\(direction).sql"
            let text = direction == "up" ? "-- What this step does, and why.\n" : "-- Takes \(number)_\(name) back.\n"
            try Data(text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
            return path
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
