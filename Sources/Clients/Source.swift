/// Lines of a program's source, with their indentation.
struct Source {
    private(set) var text = ""
    private var depth = 0

    /// Appends lines at the present depth; an empty one has no white space.
    mutating func line(_ lines: String...) {
        for line in lines {
            if !line.isEmpty { text += String(repeating: "    ", count: depth) + line }
            text += "\n"
        }
    }

    mutating func indented(_ body: (inout Source) -> Void) {
        depth += 1
        body(&self)
        depth -= 1
    }

    /// The words of `text` in lines that have room at the present depth beside `margin` characters, within 116 columns.
    func wrapped(_ text: String, margin: Int) -> [String] {
        let width = 116 - depth * 4 - margin
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}

extension RuntimeFile {
    /// The text of the file at `path`; empty where there is none.
    static func text(_ path: String) -> String { all.first { $0.path == path }.map { "\($0.text)" } ?? "" }
}
