import Testing

@testable import StoreDynamoDB

@Suite("Shared credentials and config files")
struct ProfileFileTests {
    @Test(
        "a setting is read as the AWS command line reads it",
        arguments: [
            ("[default]\nregion = sa-east-1", "default", "sa-east-1"),
            ("[default]\r\nregion=sa-east-1\r\n", "default", "sa-east-1"),
            ("[profile dev]\nregion = a", "dev", "a"),
            ("[ profile   dev ] # mine\nregion = a", "dev", "a"),
            ("[dev]\nregion = a", "dev", "a"),
            ("# [dev]\n; x = y\n[dev]\n\nregion = a # note", "dev", "a"),
            ("[dev]\nregion = a;b#c", "dev", "a;b#c"),
            ("[dev]\nregion = a=b==", "dev", "a=b=="),
            ("[dev]\nREGION = a", "dev", "a"),
            ("[dev]\nregion = a\nregion = b", "dev", "b"),
            ("[dev]\nregion = a\n[x]\nregion = c\n[dev]\nother = 1", "dev", "a"),
            ("[dev]\ns3 =\n  region = nested\nregion = a", "dev", "a"),
            ("[dev]\nregion: a", "dev", "a"), ("[dev]\nregion : a=b", "dev", "a=b"),
            (" [dev]\nregion = a", "dev", "a"), ("[dev]\n  region = a", "dev", "a"),
            ("  [dev]\n    x = 1\n    region = a", "dev", "a"), ("\u{FEFF}[dev]\nregion = a", "dev", "a"),
            ("[dev]\nregion = a\n  b", "dev", "a\nb"),
            ("[profile \"my dev\"]\nregion = a", "my dev", "a"),
        ])
    func read(text: String, profile: String, value: String) throws {
        #expect(try ProfileFile(text).settings(profile)?["region"] == value)
    }

    @Test(
        "a text without the setting in the profile has no value for it",
        arguments: [
            "", "[other]\nregion = a", "[dev]\nregion =", "[sso-session dev]\nregion = a", "[profile]\nregion = a",
            "[dev]\n[x y z]\nregion = a", "[dev]\nregion = # nothing", "[dev]\nx =\n  region = a",
        ])
    func absent(text: String) throws {
        #expect(try ProfileFile(text).settings("dev")?["region"] == nil)
    }

    @Test(
        "a line that is neither a section nor a setting of one is an error that names the line",
        arguments: [
            ("region = a", 1), ("[dev\nregion = a", 1), ("[dev]\nregion", 2), ("[dev]\n\n= a", 3),
            ("[]\nregion = a", 1), ("# x\n[other]\nx =\n  region", 4), ("aws_access_key_id K", 1),
        ])
    func unreadable(text: String, line: Int) {
        let error = #expect(throws: ProfileFileError.self) { try ProfileFile(text) }
        #expect(error?.line == line)
    }

    @Test("nested settings belong to their setting, sessions and services to sections of their own")
    func nested() throws {
        let file = try ProfileFile(
            "[services dev]\nsts =\n  endpoint_url = u\nx = 1\n  y = 2\n[sso-session dev]\nregion = s")
        #expect(file.settings("dev", .services) == ["sts.endpoint_url": "u", "x": "1\ny = 2"])
        #expect(file.settings("dev", .session) == ["region": "s"])
        #expect(file.settings("dev") == nil)
    }

    @Test(
        "words are split as a shell splits them",
        arguments: [
            (#"a  b"c d"e 'f g' \h"#, ["a", "bc de", "f g", "h"]), (#""a\"b\c" '\'"#, [#"a"b\c"#, #"\"#]),
            (#"''"#, [""]), ("", []), ("$HOME *;x", ["$HOME", "*;x"]), ("'a", nil), (#"a\"#, nil),
        ] as [(String, [String]?)])
    func words(text: String, words: [String]?) {
        #expect(ShellWords.split(text) == words)
    }
}
