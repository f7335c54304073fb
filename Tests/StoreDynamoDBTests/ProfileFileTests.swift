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
        ])
    func read(text: String, profile: String, value: String) {
        #expect(ProfileFile(text).value("region", ofProfile: profile) == value)
    }

    @Test(
        "what is not a setting of the profile is not found",
        arguments: [
            "", "region = a", "[other]\nregion = a", "[dev\nregion = a", "[dev]\nregion", "[dev]\nregion =",
            "[dev]\n= a", "[dev]\n  region = a", "[sso-session dev]\nregion = a", "[profile]\nregion = a",
            "[dev]\n[x y z]\nregion = a", "[]\nregion = a", "[dev]\nregion = # nothing",
        ])
    func absent(text: String) {
        #expect(ProfileFile(text).value("region", ofProfile: "dev") == nil)
    }
}
