internal import AdvisoryJournal
internal import Foundation

/// How far an outlet has come, in a file: `<delivered through> <begun at>`.
///
/// An outlet that is new in the site is not told the whole journal. It begins with what stands: of
/// the lines up to `begun`, the journal's newest when it was first started, only the newest one of
/// each advisory that stood then is for it; of the later ones, all.
struct OutletMark: ~Copyable {
    private let file: MarkFile
    /// All lines up to this number are delivered.
    private(set) var through: UInt64
    /// The journal's newest line when the outlet was new.
    let begun: UInt64

    /// The mark of the outlet `name` in `directory`, made where it is missing. `newest`: number of
    /// the journal's newest line. A mark beyond that is one of another journal.
    init(directory: String, name: String, newest: UInt64) {
        unsafe mkdir(directory, 0o750)
        file = MarkFile(path: Self.path(directory, name))
        let numbers = file.found.split(separator: " ").compactMap { UInt64($0) }
        if numbers.count == 2, numbers[0] <= newest {
            (through, begun) = (numbers[0], numbers[1])
        } else {
            (through, begun) = (0, newest)
            file.write("\(through) \(begun)")
        }
    }

    /// All lines up to `number` are delivered.
    mutating func move(to number: UInt64) {
        guard number > through else { return }
        through = number
        file.write("\(through) \(begun)")
    }

    /// Forgets the marks of outlets that the site no longer has: one that is put back later begins
    /// with what stands then.
    static func forget(in directory: String, but names: Set<String>) {
        let known = Set(names.map { $0 + suffix })
        for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        where name.hasSuffix(suffix) && !known.contains(name) {
            unsafe unlink(directory + "/" + name)
        }
    }

    private static let suffix = ".mark"

    private static func path(_ directory: String, _ name: String) -> String {
        directory + "/" + name + suffix
    }
}
