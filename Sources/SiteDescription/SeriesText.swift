import GasModel

/// Reads what a sensor sends, in the notation of promtool and some words more:
///
/// | text | means |
/// |---|---|
/// | `0.4` | one value |
/// | `0.4+0.02x60` | 61 values: 0.4, 0.42, ... to 1.6; `-` falls |
/// | `0.4x60` | 61 times the same |
/// | `_`, `_x5` | nothing in this slot, in five slots |
/// | `nan`, `null` | a message without a number |
/// | `dup` | the message before arrives once more, right behind it; takes no slot |
/// | `late 30s` | the message before arrives 30 s after it was measured; takes no slot |
struct SeriesText {
    /// Most messages of one series.
    static let messagesMax = 1_000_000
    private static let allowed =
        "a number of 12 digits at most, 6 of them decimals; A+BxN, A-BxN, AxN with N up to "
        + "\(messagesMax); _, _xN, nan, null, dup, or late with a time"

    let intervalSeconds: Double
    let problems: ProblemList

    /// What is read so far of one series.
    private struct Progress {
        var messages: [RuleTest.Message] = []
        var slot = 0
        /// Whether the token before was a message that `dup` and `late` can speak of.
        var hasMessage = false
    }

    /// The messages of a series; what is wrong is reported with its column.
    func messages(_ text: Found<String>) -> [RuleTest.Message] {
        var progress = Progress()
        var isTime = false
        for (word, offset) in Self.words(text.value) {
            var position = text.position
            position.column += offset
            if isTime {
                isTime = false
                late(word, position, &progress)
            } else if word == "late" {
                isTime = true
                if !progress.hasMessage { refuseFirst("late", position) }
            } else {
                take(word, position, &progress)
            }
        }
        if isTime {
            problems.add(
                text.position, "late lacks its time", hint: "allowed: \(Form<Double>.momentHint)")
        }
        return progress.messages
    }

    private func take(_ word: String, _ position: Position, _ progress: inout Progress) {
        switch word {
        case "dup":
            guard progress.hasMessage, let last = progress.messages.last else {
                return refuseFirst("dup", position)
            }
            progress.messages.append(last)
        case "nan": add([.nan], .nonFinite, position, &progress)
        case "null": add([.nan], .null, position, &progress)
        case "_": skip(1, &progress)
        case _ where word.hasPrefix("_x"):
            guard let count = Self.count(word.dropFirst(2)) else {
                return refuse(word, position)
            }
            skip(count, &progress)
        default:
            guard let values = Self.values(word) else { return refuse(word, position) }
            add(values, .good, position, &progress)
        }
    }

    private func add(
        _ values: [Double], _ quality: Reading.Quality, _ position: Position,
        _ progress: inout Progress
    ) {
        guard progress.messages.count + values.count <= Self.messagesMax else {
            return problems.add(
                position, "the series grows beyond its bound",
                hint: "allowed: \(Self.messagesMax) messages")
        }
        for value in values {
            let worth = value == -999_999 ? Reading.Quality.sentinel : quality
            progress.messages.append(
                RuleTest.Message(
                    measuredAt: Double(progress.slot) * intervalSeconds,
                    value: worth == .good ? value : .nan, quality: worth))
            progress.slot += 1
        }
        progress.hasMessage = true
    }

    private func skip(_ count: Int, _ progress: inout Progress) {
        progress.slot += count
        progress.hasMessage = false
    }

    private func late(_ word: String, _ position: Position, _ progress: inout Progress) {
        guard let seconds = Form<Double>.moment(word), seconds <= Form<Double>.momentMax else {
            return problems.add(
                position, "\(quoted(word)) is no time", hint: "allowed: \(Form<Double>.momentHint)")
        }
        guard progress.hasMessage else { return }
        progress.messages[progress.messages.count - 1].lateBy = seconds
    }

    private func refuse(_ word: String, _ position: Position) {
        problems.add(
            position, "\(quoted(word)) is no part of a series", hint: "allowed: \(Self.allowed)")
    }

    private func refuseFirst(_ word: String, _ position: Position) {
        problems.add(
            position, "\(word) has no message before it",
            hint: "allowed: behind a number, nan, null or dup")
    }
}

extension SeriesText {
    /// The words of a text, each with the offset of its first character.
    private static func words(_ text: String) -> [(word: String, offset: Int)] {
        var words: [(String, Int)] = []
        var word = ""
        var offset = 0
        for scalar in text.unicodeScalars {
            if scalar == " " || scalar == "\n" || scalar == "\t" {
                if !word.isEmpty { words.append((word, offset - word.unicodeScalars.count)) }
                word = ""
            } else {
                word.unicodeScalars.append(scalar)
            }
            offset += 1
        }
        if !word.isEmpty { words.append((word, offset - word.unicodeScalars.count)) }
        return words
    }

    private static func count(_ text: Substring) -> Int? {
        guard let count = Int(text), text.first != "+", 1...messagesMax ~= count else { return nil }
        return count
    }

    /// The values of `A`, `AxN`, `A+BxN` or `A-BxN`, each rounded once: 0.4 + 55 times 0.02 is 1.5
    /// exactly, and reaches a limit of 1.5.
    private static func values(_ word: String) -> [Double]? {
        let halves = word.split(separator: "x", omittingEmptySubsequences: false)
        guard 1...2 ~= halves.count else { return nil }
        let body = halves[0]
        let sign = body.indices.dropFirst().first { "+-".contains(body[$0]) }
        guard let first = Decimal(sign.map { body[..<$0] } ?? body) else { return nil }
        guard halves.count == 2 else { return sign == nil ? [first.value] : nil }
        guard let count = count(halves[1]) else { return nil }
        guard let sign else { return Array(repeating: first.value, count: count + 1) }
        guard let step = Decimal(body[body.index(after: sign)...]), !step.isNegative else {
            return nil
        }
        let places = max(first.places, step.places)
        let start = first.scaled(to: places)
        let by = step.scaled(to: places) * (body[sign] == "-" ? -1 : 1)
        // Beyond what a number of 12 digits can rise to: no sensor measures that.
        let (rise, isTooLarge) = by.multipliedReportingOverflow(by: count)
        guard !isTooLarge, abs(rise) < 1_000_000_000_000_000_000 else { return nil }
        return (0...count).map { Decimal(digits: start + $0 * by, places: places).value }
    }

    /// A number as it is written: digits, and how many of them stand behind the point.
    private struct Decimal {
        let digits: Int
        let places: Int
        var isNegative: Bool { digits < 0 }

        init(digits: Int, places: Int) {
            self.digits = digits
            self.places = places
        }

        init?(_ text: Substring) {
            let parts = text.drop { $0 == "-" }.split(
                separator: ".", omittingEmptySubsequences: false)
            guard text.prefix(2) != "--", 1...2 ~= parts.count,
                parts.allSatisfy({ String($0).isNumeric }),
                let digits = Int(parts.joined()), parts.joined().count <= 12,
                parts.count == 1 || parts[1].count <= 6
            else { return nil }
            self.digits = text.first == "-" ? -digits : digits
            places = parts.count == 2 ? parts[1].count : 0
        }

        func scaled(to places: Int) -> Int {
            (self.places..<places).reduce(digits) { n, _ in n * 10 }
        }

        var value: Double {
            Double(digits) / (0..<places).reduce(1.0) { n, _ in n * 10 }
        }
    }
}
