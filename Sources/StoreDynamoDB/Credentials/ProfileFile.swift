/// The sections of a shared credentials or config file, read as the AWS command line reads them.
///
/// A section is `[name]` or `[profile name]`, a setting `key = value`. A comment begins with `#` or `;`, at the start
/// of a line or after a space. Indented lines after a setting without a value are its nested settings.
struct ProfileFile: Sendable {
    /// What a section describes, by the first of its two words.
    enum Kind: String, Sendable {
        case profile
        case session = "sso-session"
        case services
    }

    private struct Section: Hashable {
        let kind: Kind
        let name: String
    }

    private var sections: [Section: [String: String]] = [:]

    init(_ text: String) {
        var section: Section?
        var outer: String?
        for line in text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                section = Self.section(line)
                outer = nil
                if let section { sections[section, default: [:]].merge([:]) { $1 } }
            } else if let section, let (key, value) = Self.setting(line) {
                guard first.isWhitespace else {
                    // The last setting wins, also over sections of the same name.
                    sections[section]?[key] = value
                    outer = value.isEmpty ? key : nil
                    continue
                }
                if let outer { sections[section]?["\(outer).\(key)"] = value }
            }
        }
    }

    /// The settings of a section by their names in lower case, a nested one as `outer.inner`; those without a value are
    /// left out. Nil when there is no such section.
    func settings(_ name: String, _ kind: Kind = .profile) -> [String: String]? {
        sections[Section(kind: kind, name: name)]?.filter { !$0.value.isEmpty }
    }

    private static func section(_ line: Substring) -> Section? {
        guard let end = line.firstIndex(of: "]") else { return nil }
        let text = line[line.index(after: line.startIndex)..<end]
        guard let words = ShellWords.split(String(text)) else { return nil }
        switch words.count {
        case 1: return Section(kind: .profile, name: words[0])
        case 2: return Kind(rawValue: words[0]).map { Section(kind: $0, name: words[1]) }
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
