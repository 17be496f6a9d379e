import BrokerSupport
import Foundation

/// What of a document tells it apart, found without taking it apart: there are tens of thousands.
struct Slip: Equatable {
    /// The number in the journal.
    var number: UInt64
    /// Advisory and revision; empty for what belongs to none.
    var advisory = ""
    var revision = 0
    var isHalt = false
    /// When it was decided, in milliseconds since 1970.
    var decided: Int64
    /// When it came, in milliseconds since 1970, where that is known.
    var milliseconds: Int64 = 0
    /// The key that it came with, where it came with one.
    var key = ""

    /// A line of the journal; `nil` where it restates an older one.
    init?(line: some Collection<UInt8>) {
        let text = String(decoding: line, as: UTF8.self)
        guard !text.contains("\"transition\":\"CARRIED\""),
            let number = Self.value(of: "n", in: text, last: true).flatMap({ UInt64($0) }),
            let time = Self.value(of: "atNanoseconds", in: text).flatMap({ Int64($0) })
        else { return nil }
        self.number = number
        decided = time / 1_000_000
        isHalt = text.contains("\"severity\":\"HALT\"")
        guard let start = text.range(of: "\"advisory\":{")?.upperBound else { return }
        let rest = String(text[start...])
        advisory = Self.value(of: "id", in: rest) ?? ""
        revision = Self.value(of: "revision", in: rest).flatMap { Int($0) } ?? 0
    }

    /// What was posted.
    init?(_ request: HTTPReceiver.Request) {
        self.init(line: request.body)
        milliseconds = request.milliseconds
        key = request.headers["idempotency-key"] ?? ""
    }

    private static func value(of name: String, in text: String, last: Bool = false) -> String? {
        let found = text.range(of: "\"\(name)\":", options: last ? .backwards : [])
        guard let start = found?.upperBound else { return nil }
        return String(text[start...].drop { $0 == "\"" }.prefix { !"\",}".contains($0) })
    }
}

extension Collection<Slip> {
    /// Whether none of an advisory's revisions came for the first time after a newer one.
    var isInOrder: Bool {
        var newest: [String: Int] = [:]
        var seen: Set<UInt64> = []
        for slip in self where !slip.advisory.isEmpty && seen.insert(slip.number).inserted {
            if slip.revision < newest[slip.advisory] ?? 0 { return false }
            newest[slip.advisory] = slip.revision
        }
        return true
    }
}
