import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

@Suite("Sentences")
struct SentenceTests {
    static func folder(_ file: StaticString = #filePath) -> URL {
        URL(fileURLWithPath: "\(file)").deletingLastPathComponent().appending(path: "Sentences")
    }

    private static func text(_ announcements: [Announcement]) -> String {
        announcements.map {
            "\($0.severity.rawValue) \($0.transition.rawValue) \($0.limit ?? "-"): \($0.why) "
                + "| do: \($0.action)\n"
        }.joined()
    }

    @Test("in English are those on record, to the last byte; FIREDAMP_RECORD=1 writes them anew")
    func english() throws {
        let file = Self.folder().appending(path: "en.txt")
        let text = Self.text(SentenceCourse.all())
        if ProcessInfo.processInfo.environment["FIREDAMP_RECORD"] != nil {
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
}
