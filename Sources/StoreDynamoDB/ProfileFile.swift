/// The text of a shared credentials or config file: sections of settings, as the AWS command line reads them.
///
/// A section is `[name]` or `[profile name]`, a setting `key = value`. Lines that begin with `#` or `;` are comments,
/// what follows ` #` or ` ;` on a line is one too, and indented lines belong to a nested setting and are passed over.
struct ProfileFile: Sendable {
    private var sections: [String: [String: String]] = [:]

    init(_ text: String) {
        var section: String?
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
            guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else { continue }
            if first == "[" {
                section = Self.name(ofSection: line)
            } else if let section, let (key, value) = Self.setting(line) {
                // The last one wins, also over sections of the same name.
                sections[section, default: [:]][key] = value
            }
        }
    }

    /// The value of a setting, nil when the profile or the setting is not there or is empty.
    func value(_ key: String, ofProfile profile: String) -> String? {
        guard let value = sections[profile]?[key], !value.isEmpty else { return nil }
        return value
    }

    private static func name(ofSection line: Substring) -> String? {
        guard let end = line.firstIndex(of: "]") else { return nil }
        let words = line[line.index(after: line.startIndex)..<end].split(whereSeparator: \.isWhitespace)
        switch words.count {
        case 1: return String(words[0])
        case 2 where words[0] == "profile": return String(words[1])
        default: return nil
        }
    }

    private static func setting(_ line: Substring) -> (key: String, value: String)? {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        let key = trimmed(line[..<equals]).lowercased()
        let value = withoutComment(line[line.index(after: equals)...])
        return key.isEmpty ? nil : (key, String(trimmed(value)))
    }

    private static func withoutComment(_ value: Substring) -> Substring {
        var previous: Character = "="
        for index in value.indices {
            if value[index] == "#" || value[index] == ";", previous.isWhitespace { return value[..<index] }
            previous = value[index]
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> Substring {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return text[first...last]
    }
}
