import AdvisoryJournal
import Foundation
import Support
import Testing

@Suite("SecretFile")
struct SecretFileTests {
    private func made(_ text: String, mode: Int, in directory: TemporaryDirectory) throws -> String
    {
        let path = directory.path + "/secret"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    @Test("a file that only its owner may touch is read without the white space at its end")
    func read() throws {
        let directory = try TemporaryDirectory()
        let path = try made(" s3cret \n", mode: 0o600, in: directory)
        #expect(try SecretFile.read(path: path) == Array(" s3cret".utf8))
    }

    @Test("a file that others may read is refused with its path", arguments: [0o640, 0o604, 0o620])
    func exposed(_ mode: Int) throws {
        let directory = try TemporaryDirectory()
        let path = try made("s", mode: mode, in: directory)
        let error = #expect(throws: SecretFileError.self) { try SecretFile.read(path: path) }
        #expect(error?.description == "\(path): group or others may touch it; chmod 600 it")
    }

    @Test("what is empty, too long, missing or a directory is refused")
    func senseless() throws {
        let directory = try TemporaryDirectory()
        for text in ["", "\n", String(repeating: "x", count: SecretFile.bytesMax + 1)] {
            let path = try made(text, mode: 0o600, in: directory)
            #expect(throws: SecretFileError.self) { try SecretFile.read(path: path) }
        }
        for path in [directory.path, directory.path + "/none"] {
            #expect(throws: SecretFileError.self) { try SecretFile.read(path: path) }
        }
    }
}
