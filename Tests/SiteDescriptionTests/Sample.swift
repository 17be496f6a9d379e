import Foundation
import SiteDescription

/// The sample that stands in the repository, and changed copies of it.
enum Sample {
    static let file = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Deploy/samples/heading.yaml")

    static func bytes() throws -> [UInt8] { Array(try Data(contentsOf: file)) }

    /// A site of few lines, without a line that could be missed: what tests change.
    static let short = """
        mine: {code: demo, name: Demonstration mine}
        places:
          - id: H101
            name: Heading 101
        sensors:
          - id: H101-T1
            place: H101
            role: T1
            unit: "%CH4"
            limits: {alarm: 1.0, cut: 1.5, repower: 1.0}
            interval: 1s
            range: [0, 4]
        """

    /// What is wrong with a file, one line for each problem as `line:column: message; hint`; empty
    /// when nothing is.
    static func problems(_ text: String) -> [String] { problems(Array(text.utf8)) }

    static func problems(_ bytes: [UInt8]) -> [String] {
        do {
            _ = try SiteFile.read(bytes, name: "f")
            return []
        } catch {
            return error.list.map { String($0.text(inFile: "f").dropFirst(2)) }
        }
    }
}
