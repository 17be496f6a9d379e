import AdvisoryJournal
import Foundation
import Support
import Testing

@Suite("JournalSigner")
struct JournalKeyTests {
    @Test("is read from base64 and hexadecimal alike: the key of RFC 8032, test 1")
    func formats() throws {
        let directory = try TemporaryDirectory()
        let digits = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
        let base64 = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
        for text in [digits, digits.uppercased() + "\n", base64 + "\n"] {
            let path = directory.file("key")
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(
                try JournalSigner(path: path).key.text
                    == "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
        }
    }

    @Test("what is no key, or can be touched by others, is refused with its path")
    func refused() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("key")
        for text in ["secret", String(repeating: "g", count: 64), "AAAA"] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            let error = #expect(throws: SecretFileError.self) { try JournalSigner(path: path) }
            #expect(error?.description.hasPrefix(path) == true)
        }
    }

    @Test("saved, it is its owner's only, reads back as the same, and never replaces a file")
    func save() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("key")
        let signer = JournalSigner()
        try signer.save(path: path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try JournalSigner(path: path).key == signer.key)
        #expect(throws: FileError.self) { try JournalSigner().save(path: path) }
    }

    @Test("a public key is read from its text, and nothing else is one")
    func publicKey() {
        let key = JournalSigner().key
        #expect(JournalKey(text: key.text) == key)
        #expect(JournalKey(text: "x") == nil && JournalKey(text: "") == nil)
        #expect(key.fingerprint.count == 64)
    }
}
