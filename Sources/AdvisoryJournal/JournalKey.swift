internal import Crypto
internal import Foundation
internal import Glibc
package import HaltAdvisory

/// The public half of a key that signs journals: Ed25519, RFC 8032.
package struct JournalKey: Sendable, Hashable {
    /// The 32 bytes.
    package let raw: [UInt8]

    /// A key from its text: 44 characters of base64, or 64 hexadecimal digits. `nil` for anything
    /// else.
    package init?(text: String) {
        guard let raw = keyBytes(text) else { return nil }
        self.raw = raw
    }

    init(raw: [UInt8]) { self.raw = raw }

    /// The key in base64, as the journal has it.
    package var text: String { Data(raw).base64EncodedString() }

    /// SHA-256 of the key, in hexadecimal: short enough to be read out over the telephone by its
    /// first digits.
    package var fingerprint: String { sha256(raw) }

    /// Whether `signature`, in base64 and in no other spelling of it, is one of `bytes`.
    func isSignature(_ signature: String, of bytes: [UInt8]) -> Bool {
        guard let data = Data(base64Encoded: signature), data.base64EncodedString() == signature,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw)
        else { return false }
        return key.isValidSignature(data, for: bytes)
    }
}

/// What signs the lines of a journal.
package struct JournalSigner: Sendable {
    /// The public half.
    package let key: JournalKey
    private let secret: Curve25519.Signing.PrivateKey

    /// A key that nobody had before.
    package init() { self.init(Curve25519.Signing.PrivateKey()) }

    /// The key in the file at `path`: 32 bytes in base64 or hexadecimal, see `SecretFile`.
    package init(path: String) throws(SecretFileError) {
        let text = String(decoding: try SecretFile.read(path: path), as: UTF8.self)
        guard let raw = keyBytes(text),
            let secret = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        else {
            throw SecretFileError(
                path: path, reason: "it holds no key: 32 bytes in base64 or hexadecimal")
        }
        self.init(secret)
    }

    private init(_ secret: Curve25519.Signing.PrivateKey) {
        self.secret = secret
        key = JournalKey(raw: Array(secret.publicKey.rawRepresentation))
    }

    /// The signature of `bytes`, in base64.
    func sign(_ bytes: [UInt8]) throws -> String {
        try secret.signature(for: bytes).base64EncodedString()
    }

    /// Writes the key into a new file that only its owner may touch. **Errors:** also where the
    /// file is there already: a key that is lost can never be made again.
    package func save(path: String) throws(FileError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileError("make", path) }
        defer { close(file) }
        let text = Array((secret.rawRepresentation.base64EncodedString() + "\n").utf8)
        guard unsafe write(file, text, text.count) == text.count, fsync(file) == 0 else {
            let error = FileError("write", path)
            unsafe unlink(path)
            throw error
        }
    }
}

/// The 32 bytes that `text` spells in base64 or hexadecimal.
private func keyBytes(_ text: String) -> [UInt8]? {
    if text.utf8.count == 64 {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
    guard let data = Data(base64Encoded: text), data.count == 32 else { return nil }
    return Array(data)
}

extension AdvisoryJournal {
    /// What signs the lines of this run, and what did before; `nil` when nothing does or did.
    package var signing: Phrase? {
        switch (key?.fingerprint, keyBefore?.fingerprint) {
        case (nil, nil): nil
        case (let now?, let before) where now == before: Phrase("signed", now)
        case (let now?, nil): Phrase("signed-from-here", now)
        case (let now?, let before?): Phrase("signed-anew", now, before)
        case (nil, let before?): Phrase("no-longer-signed", before)
        }
    }
}
