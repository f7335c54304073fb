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
            ("[profile \"my dev\"]\nregion = a", "my dev", "a"),
        ])
    func read(text: String, profile: String, value: String) {
        #expect(ProfileFile(text).settings(profile)?["region"] == value)
    }

    @Test(
        "a text without the setting in the profile has no value for it",
        arguments: [
            "", "region = a", "[other]\nregion = a", "[dev\nregion = a", "[dev]\nregion", "[dev]\nregion =",
            "[dev]\n= a", "[dev]\n  region = a", "[sso-session dev]\nregion = a", "[profile]\nregion = a",
            "[dev]\n[x y z]\nregion = a", "[]\nregion = a", "[dev]\nregion = # nothing",
        ])
    func absent(text: String) {
        #expect(ProfileFile(text).settings("dev")?["region"] == nil)
    }

    @Test("nested settings belong to their setting, sessions and services to sections of their own")
    func nested() {
        let file = ProfileFile(
            "[services dev]\nsts =\n  endpoint_url = u\nx = 1\n  y = 2\n[sso-session dev]\nregion = s")
        #expect(file.settings("dev", .services) == ["sts.endpoint_url": "u", "x": "1"])
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
