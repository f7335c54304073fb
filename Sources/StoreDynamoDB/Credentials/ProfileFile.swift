/// The line of a shared file that cannot be read, and why. It has nothing of the line's text.
struct ProfileFileError: Error, Hashable {
    let line: Int
    let reason: String
}

/// The sections of a shared credentials or config file, read as the AWS command line reads them.
///
/// A section is `[name]` or `[profile name]`, a setting `key = value` or `key: value`. A comment begins with `#` or
/// `;`, at the start of a line or after a space. Lines that are indented further than the setting before them go on
/// with its value; after a setting without a value they are its nested settings. Every other line is an error.
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

    init(_ text: String) throws(ProfileFileError) {
        var isInSection = false
        var section: Section?
        var outer: (key: String, indent: Int)?
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, rawLine) in lines.enumerated() {
            func error(_ reason: String) -> ProfileFileError { ProfileFileError(line: index + 1, reason: reason) }
            // Some editors begin a file with a byte order mark.
            let line = index == 0 && rawLine.first == "\u{FEFF}" ? rawLine.dropFirst() : rawLine
            let indent = line.prefix(while: \.isWhitespace).count
            let content = Self.trimmed(line)
            guard let first = content.first, first != "#", first != ";" else { continue }
            if let outer, indent > outer.indent {
                guard let section else { continue }
                guard add(content, to: outer.key, of: section) else { throw error("the nested setting has no =") }
            } else if first == "[" {
                guard let end = content.firstIndex(of: "]"), !content[..<end].dropFirst().isEmpty else {
                    throw error("the name of the section is empty or lacks its ]")
                }
                isInSection = true
                section = Self.section(content[..<end].dropFirst())
                outer = nil
                if let section { sections[section, default: [:]].merge([:]) { $1 } }
            } else if !isInSection {
                throw error("the setting is in no [section]")
            } else if let (key, value) = Self.setting(content) {
                // The last setting wins, also over sections of the same name.
                if let section { sections[section]?[key] = value }
                outer = (key, indent)
            } else {
                throw error("it is neither a [section] nor a setting, key = value")
            }
        }
    }

    /// The settings of a section by their names in lower case, a nested one as `outer.inner`; those without a value are
    /// left out. Nil when there is no such section.
    func settings(_ name: String, _ kind: Kind = .profile) -> [String: String]? {
        sections[Section(kind: kind, name: name)]?.filter { !$0.value.isEmpty }
    }

    /// The names of a profile's settings, also of those without a value.
    func keys(ofProfile name: String) -> Set<String> {
        Set((sections[Section(kind: .profile, name: name)] ?? [:]).keys)
    }

    /// Adds an indented line to the setting that it belongs to; false when it should be a setting and is none.
    private mutating func add(_ content: Substring, to key: String, of section: Section) -> Bool {
        if let value = sections[section]?[key], !value.isEmpty {
            sections[section]?[key] = "\(value)\n\(content)"
            return true
        }
        guard let (inner, value) = Self.setting(content, separators: "=") else { return false }
        sections[section]?["\(key).\(inner)"] = value
        return true
    }

    private static func section(_ text: Substring) -> Section? {
        guard let words = ShellWords.split(String(text)) else { return nil }
        switch words.count {
        case 1: return Section(kind: .profile, name: words[0])
        case 2: return Kind(rawValue: words[0]).map { Section(kind: $0, name: words[1]) }
        default: return nil
        }
    }

    private static func setting(_ line: Substring, separators: String = "=:") -> (key: String, value: String)? {
        guard let separator = line.firstIndex(where: separators.contains) else { return nil }
        let key = trimmed(line[..<separator]).lowercased()
        let value = withoutComment(line[line.index(after: separator)...])
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
