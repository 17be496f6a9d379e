import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// What the sources say, as far as it is written out in them.
private enum Said {
    static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// What `pattern` finds between its parentheses in all sources under `folder`.
    static func words(_ pattern: String, under folder: String = "") throws -> Set<String> {
        let expression = try NSRegularExpression(pattern: pattern)
        let root = sources.appending(path: folder)
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        var words: Set<String> = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let range = NSRange(text.startIndex..., in: text)
            for match in expression.matches(in: text, range: range) {
                if let range = Range(match.range(at: 1), in: text) {
                    words.insert(String(text[range]))
                }
            }
        }
        return words
    }

    /// Every `Phrase("key", ...)` of the sources, with how many parts it has besides the key.
    static func calls() throws -> [(key: String, parts: Int)] {
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var calls: [(String, Int)] = []
        for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
            calls += parts(in: try String(contentsOf: file, encoding: .utf8))
        }
        return calls
    }

    /// The same of one text.
    static func parts(in text: String) -> [(key: String, parts: Int)] {
        text.matches(of: /Phrase\(\s*"([^"\\]+)"/).map { match in
            var (depth, parts) = (0, 0)
            var (isText, wasEscape) = (false, false)
            for character in text[match.range.upperBound...] {
                if isText {
                    // What is put into a text in parentheses counts for nothing here.
                    if character == "\"", depth == 0, !wasEscape { isText = false }
                    if character == "(" && (wasEscape || depth > 0) { depth += 1 }
                    if character == ")" && depth > 0 { depth -= 1 }
                    wasEscape = character == "\\"
                    continue
                }
                switch character {
                case "\"" where depth == 0: isText = true
                case "(", "[", "{": depth += 1
                case ")" where depth == 0: return (String(match.1), parts)
                case ")", "]", "}": depth -= 1
                case "," where depth == 0: parts += 1
                default: break
                }
            }
            return (String(match.1), parts)
        }
    }

    /// Keys that are put together from the raw values of a type.
    static var derived: Set<String> {
        let rules = Rule.allCases.filter {
            ![.alarm, .cut, .fault, .silence, .link, .trend, .withdrawal].contains($0)
        }
        return Set(rules.map { "is-\($0.rawValue)" })
            .union(ReleaseCondition.Kind.allCases.map { "must-\($0.rawValue)" })
            .union(AdvisoryDocument.Scope.Level.allCases.map { "scope-\($0.rawValue)" })
            .union(SiteDiff.Other.allCases.map { "changed-\($0.rawValue)" })
            .union(AdvisoryDocument.Certainty.Kind.allCases.map { "certainty-\($0.rawValue)" })
    }

    /// Names of figures, with `{1}` for a code in them.
    static func figures() throws -> Set<String> {
        let folder = "GasDetection"
        let plain = try words(#"(?:Evidence|\.init)\(\s*"([^"]+)",\s"#, under: folder)
            .union(words(#"add\("([^"]+)","#, under: folder))
            .union(words(#"counted: "([^"]+)""#, under: folder))
            .union(words(#"counts\("([^"]+)", "[^"]+"\)"#, under: folder))
            .union(words(#"counts\("[^"]+", "([^"]+)"\)"#, under: folder))
            .union(["shows", "others show", "and"])
        let ofSensors = try words(#"evidence\("([^"]+)"[,)]"#, under: folder).map { "\($0) {1}" }
        return Set(plain.map { $0.replacing(/\\\(\w+\)/, with: "{1}") }).union(ofSensors)
            // A code alone, and what is put together elsewhere.
            .filter { $0 != "{1}" && !$0.contains("\\(") }
    }

    /// Why something failed, where the program itself says it and not the system.
    static func reasons() throws -> Set<String> {
        try words(#"RawFlaw\(offset: \w+, reason: "([^"\\]+)""#, under: "ReadingRecord")
            .union(words(#"flaw\("([^"\\]+)"\)"#, under: "ReadingRecord"))
            .union(words(#"unreadable = "([^"\\]+)""#, under: "ReadingRecord"))
            .union(words(#"since: start, reason: "([^"\\]+)""#, under: "ReadingRecord"))
            .union(words(#"dropOldest\(for: "([^"\\]+)"\)"#, under: "ReadingRecord"))
            .union(
                words(
                    #"(?:unreadable|wrongSignature|wrongHead)\(\s*reason: "([^"\\]+)""#,
                    under: "AdvisoryJournal")
            )
            .union(words(#"\? "(it is [^"\\]+)""#, under: "AdvisoryJournal"))
            .union(words(#"reason: "([^"\\]+)""#, under: "AdvisoryDelivery"))
            .union(
                words(
                    #"return (?:give\(up: process, )?"(its? [^"\\]+)""#, under: "AdvisoryDelivery")
            )
            .union(words(#"Failure\(\s*description:\s*"([^"\\]+)""#, under: "AdvisoryDelivery"))
            .union(words(#"stop\(reason: "([^"\\]+)"\)"#, under: "firedamp"))
            // What has a figure or a name in it.
            .union([
                "it failed", "longer than {1} bytes", "it lacks \"{1}\"", "{1} is of another type",
                "{1} is no such value", "a message of {1} bytes is too long for it",
                "it ended with {1}", "signal {1} ended it", "it did not answer within {1} s",
                "this machine's libcurl lacks {1}",
            ])
    }

    static func vocabulary() throws -> Set<String> {
        var words: Set<String> = []
        words.formUnion(Duty.allCases.map(\.rawValue))
        words.formUnion(Check.allCases.map(\.rawValue))
        words.formUnion(Power.allCases.map(\.rawValue))
        words.formUnion(Severity.allCases.map(\.rawValue))
        words.formUnion(Transition.allCases.map(\.rawValue))
        words.formUnion(Verdict.allCases.map(\.rawValue))
        words.formUnion(Verification.allCases.map(\.mark).filter { !$0.isEmpty })
        words.formUnion(Heading.groundTitles)
        words.formUnion(LifeCycle.Stage.allCases.map(\.rawValue))
        words.formUnion(PlaceKind.allCases.map(\.rawValue))
        words.formUnion(Quantity.allCases.map(\.rawValue))
        words.formUnion(Quantity.allCases.flatMap { $0.definition.states ?? [] })
        words.formUnion(GasClass.allCases.map { "\($0.rawValue) gas" })
        words.formUnion(AdvisoryDocument.Order.Kind.allCases.map(\.rawValue))
        let folder = "HaltAdvisory"
        words.formUnion(try Said.words(#"\.row\(\s*"([^"]+)","#, under: folder))
        words.formUnion(try Said.words(#"\.title\("([^"]+)"\)"#, under: folder))
        words.formUnion(try Said.words(#"\.word\("([^"]+)"\)"#, under: folder))
        words.formUnion(["yes", "NO", "in time", "NOT IN TIME"])
        words.formUnion(try reasons())
        words.formUnion(try Said.words(#"\bword\("([^"]+)"\)"#, under: "firedamp"))
        words.formUnion(["PROVEN", "DOUBTFUL", "NOT PROVEN"])
        words.formUnion(["connected", "OUT OF REACH", "delivering", "failing"])
        // The ways out that the desk itself writes to, as it names them in a sentence.
        words.formUnion(
            try Said.words(
                #"static let \w+ = "(alert-log|journal|journal-directory)""#, under: "DaemonRuntime"
            )
            .map { $0.replacing("-", with: " ") })
        return words.filter { !$0.contains("\\(") }
    }
}

@Suite("Catalogue")
struct CatalogueTests {
    private let catalogue = Catalogue.shipped

    private static func gaps(_ form: String?) -> Set<String> {
        Set((form ?? "").matches(of: /\{\d\}/).map { String($0.output) })
    }

    @Test("every phrase has both languages, with the same gaps, from {1} on without a hole")
    func forms() {
        for entry in catalogue.phrases + catalogue.terms {
            let english = Self.gaps(entry.forms[.english])
            #expect(entry.forms[.english] != nil && entry.forms[.chinese] != nil, "\(entry.key)")
            #expect(english == Self.gaps(entry.forms[.chinese]), "\(entry.key)")
            #expect(english == Set((0..<english.count).map { "{\($0 + 1)}" }), "\(entry.key)")
            for form in entry.forms.values {
                #expect(!form.isEmpty && !form.hasSuffix(" "), "\(entry.key)")
            }
        }
    }

    @Test("every Chinese form is in Chinese, but for what is a code or a figure")
    func chinese() {
        for entry in catalogue.phrases + catalogue.terms {
            let form = entry.forms[.chinese] ?? ""
            let isBare = form.replacing(/\{\d\}|[ ]/, with: "").isEmpty
            #expect(
                isBare || form.unicodeScalars.contains { $0.value > 0x2E80 },
                "\(entry.key): \(form)")
        }
    }

    @Test("no key stands in it twice, in any letter")
    func unique() {
        let (phrases, terms) = (catalogue.phrases.map(\.key), catalogue.terms.map(\.key))
        #expect(Set(phrases).count == phrases.count)
        #expect(Set(terms).count == terms.count)
    }

    @Test("every key that is said is in it, and every key in it is said")
    func keys() throws {
        let said = try Said.words(#"Phrase\(\s*"([^"\\]+)""#).union(Said.derived)
        let known = Set(catalogue.phrases.map(\.key))
        #expect(said.subtracting(known) == [])
        #expect(known.subtracting(said) == [])
    }

    @Test("every key is said with as many parts as it has gaps")
    func gapsFilled() throws {
        let gaps = Dictionary(
            uniqueKeysWithValues: catalogue.phrases.map {
                ($0.key, Self.gaps($0.forms[.english]).count)
            })
        let calls = try Said.calls()
        #expect(calls.count > 120)
        for (key, parts) in calls { #expect(gaps[key] == parts, "\(key) with \(parts) parts") }
        #expect(Said.parts(in: #"Phrase("a", f(1, 2), "x, \(g("y"))", [b, c])"#).first?.parts == 3)
    }

    @Test("every word of an open vocabulary is in it, and no other")
    func terms() throws {
        let said = try Said.figures().union(Said.vocabulary())
        let known = Set(catalogue.terms.map(\.key))
        #expect(said.subtracting(known).sorted() == [])
        #expect(known.subtracting(said).sorted() == [])
    }

    @Test("no announcement, refusal or doubt has a sentence that is written in the code")
    func noSentences() throws {
        let texts = try Said.words(#"\b(?:why|action|doubt|doubts):\s*\[?\s*"([^"]+)"#)
            .union(Said.words(#"\.verbatim\(\s*"([^"\\]+)""#))
            .union(
                Said.words(
                    #"\.(?:notAllowed|unknown|notNow|notYet|senseless)\(\s*\[?"([^"]+)""#,
                    under: "HaltAdvisory")
            )
            .union(
                Said.words(
                    #"Control(?:Refusal|Failure)\(\s*\.\w+,\s*"([^"]+)""#,
                    under: "DaemonRuntime"))
        #expect(texts == [])
    }

    @Test(
        "what is no catalogue is refused with its line",
        arguments: [
            ("phrase a\nen x\nword y", 3), ("en x", 1), ("phrase a\nen x\nen y", 3), ("phrase", 1),
            ("term a\nen a", 2),
        ])
    func flaws(_ text: String, _ line: Int) {
        #expect {
            _ = try Catalogue(text)
        } throws: { ($0 as? Catalogue.Flaw)?.line == line }
    }

    @Test("a term with a code in it is found by what stands around the code")
    func patterns() {
        #expect(catalogue.word("H101-T2 moved", in: .chinese) == "H101-T2变化幅度")
        #expect(catalogue.word("ratio to T2, hours", in: .chinese) == "与T2之比（数小时）")
        #expect(catalogue.word("ratio to T2", in: .chinese) == "与T2之比")
        #expect(catalogue.word("level before", in: .chinese) == "此前水平")
        #expect(catalogue.word("worst in place A-T1", in: .chinese) == "该地点最高A-T1")
        #expect(catalogue.word("some new figure", in: .chinese) == "some new figure")
        #expect(catalogue.word("H101-T2 moved", in: .english) == "H101-T2 moved")
    }
}
