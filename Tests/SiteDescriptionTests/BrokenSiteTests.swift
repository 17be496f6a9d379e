import Foundation
import Testing

/// The files in `Broken`: each has one thing wrong and is named after it. Its first line says what
/// must be reported, as `# line:column: message; hint`.
@Suite("Broken site file")
struct BrokenSiteTests {
    static let folder = Bundle.module.bundleURL.appending(path: "Broken")
    static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?
        .filter { $0.hasSuffix(".yaml") }.sorted() ?? []

    @Test("gives exactly the error that it is named after, at its place", arguments: names)
    func broken(_ name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
        let first = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        #expect(Sample.problems(bytes) == [String(first.dropFirst(2))])
    }

    @Test("is there for each of many errors")
    func count() { #expect(Self.names.count >= 40) }
}
