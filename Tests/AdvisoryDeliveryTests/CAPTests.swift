import AdvisoryDelivery
import AdvisoryJournal
import BrokerSupport
import Foundation
import GasModel
import HaltAdvisory
import Support
import Testing

/// The rules of CAP 1.2, part 3.2, on generated messages; and the standard's own schema.
@Suite("CAP 1.2")
struct CAPTests {
    let bench: DeliveryBench

    init() throws { bench = try DeliveryBench() }

    /// Every severity, state, rule and odd text, by seed; each advisory with all of its revisions.
    private func generated(seed: UInt64) throws -> [Told] {
        var generator = SeededGenerator(seed: seed)
        var told: [Told] = []
        for (index, rule) in (Rule.allCases + Rule.allCases).enumerated() {
            let id = "demo.S\(index).\(rule.rawValue).20261123T180211.123Z"
            let count = Int.random(in: 1...5, using: &generator)
            for revision in 1...count {
                let isLast = revision == count && Bool.random(using: &generator)
                let severity: [Severity] = [.halt, .alarm, .warning, .fault, .notice]
                let odd = ["", "<gas> & \"air\"", "瓦斯超限", "tab\tand\u{1}bell", "a, b]]>"]
                told.append(
                    Told(
                        severity: severity.randomElement(using: &generator) ?? .halt,
                        transition: isLast ? .released : revision == 1 ? .raised : .worse, id: id,
                        revision: revision, state: isLast ? .closed : .active, rule: rule,
                        value: Bool.random(using: &generator) ? 1.75 : nil,
                        limit: Bool.random(using: &generator) ? ">=1.50" : nil,
                        second: Double(told.count * 3600),
                        why: odd.randomElement(using: &generator) ?? ""))
            }
        }
        return told + [Told(severity: .fault, id: nil, why: "the journal & all")]
    }

    /// The messages of `told`, written by the outlet itself.
    private func messages(of told: [Told]) throws -> [(told: Told, name: String, text: String)] {
        let folder = bench.directory.file("cap")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let parts = bench.parts()
        let transport = try parts.transport(
            OutletSettings(name: "c", target: .cap(directory: folder)), parts)
        return try zip(told, try bench.append(told)).map { told, line in
            let document = OutletDocument(line)
            transport.note(document)
            #expect(transport.deliver(document) == .delivered)
            let name = "\(document.identifier).xml"
            return (told, name, try String(contentsOfFile: folder + "/" + name, encoding: .utf8))
        }
    }

    private func values(_ name: String, in text: String) throws -> [String] {
        let pattern = try NSRegularExpression(pattern: "<\(name)>([^<]*)</\(name)>")
        let whole = NSRange(text.startIndex..., in: text)
        return pattern.matches(in: text, range: whole).compactMap { match in
            Range(match.range(at: 1), in: text).map { String(text[$0]) }
        }
    }

    private func value(_ name: String, in text: String) throws -> String {
        let found = try values(name, in: text)
        #expect(found.count == 1, "one \(name)")
        return found.first ?? ""
    }

    private static let enumerations: [(String, Set<String>)] = [
        ("status", ["Actual", "Exercise", "System", "Test", "Draft"]),
        ("msgType", ["Alert", "Update", "Cancel", "Ack", "Error"]), ("scope", ["Restricted"]),
        ("urgency", ["Immediate", "Expected", "Future", "Past", "Unknown"]),
        ("severity", ["Extreme", "Severe", "Moderate", "Minor", "Unknown"]),
        ("certainty", ["Observed", "Likely", "Possible", "Unlikely", "Unknown"]),
        ("language", ["en-US"]), ("category", ["Safety", "Infra"]),
    ]

    @Test("every message keeps the rules of the standard")
    func rules() throws {
        let seed = UInt64.random(in: 0...(.max))
        let dateTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d/
        var identifiers: Set<String> = []
        for (told, _, text) in try messages(of: try generated(seed: seed)) {
            let identifier = try value("identifier", in: text)
            for name in [identifier, try value("sender", in: text)] {
                #expect(!name.isEmpty && !name.contains { " ,<&".contains($0) }, "seed \(seed)")
                #expect(!name.contains("&"))
            }
            #expect(identifiers.insert(identifier).inserted)
            for (name, allowed) in Self.enumerations {
                #expect(allowed.contains(try value(name, in: text)), "\(name), seed \(seed)")
            }
            for name in ["sent", "onset"] {
                for time in try values(name, in: text) {
                    #expect(time.wholeMatch(of: dateTime) != nil && !time.contains("Z"))
                    #expect(!time.hasSuffix("+00:00"), "UTC is -00:00")
                }
            }
            for name in ["event", "restriction", "areaDesc", "headline", "senderName"] {
                #expect(try !value(name, in: text).isEmpty)
            }
            let isDrill = told.rule == .drill && told.id != nil
            #expect(try (value("status", in: text) == "Test") == isDrill)
            let responses: Set = [
                "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess",
                "AllClear", "None",
            ]
            #expect(try Set(values("responseType", in: text)).isSubset(of: responses))
            let isAllClear = try values("responseType", in: text).contains("AllClear")
            #expect(isAllClear == (told.state == .closed))
        }
    }

    @Test("the first is an Alert, later ones name all before them, and only the end cancels")
    func references() throws {
        var course = (1...6).map { revision in
            Told(
                transition: revision == 1 ? .raised : .worse, id: "demo.S1.cut", revision: revision,
                second: Double(revision) * 60)
        }
        course[4].transition = .gone
        course[4].state = .gone
        course[5].transition = .released
        course[5].state = .closed
        let all = try messages(of: course).map(\.text)
        let kinds = try all.map { try value("msgType", in: $0) }
        #expect(kinds == ["Alert", "Update", "Update", "Update", "Update", "Cancel"])
        let names = try all.map { text in
            [
                try value("sender", in: text), try value("identifier", in: text),
                try value("sent", in: text),
            ].joined(separator: ",")
        }
        #expect(try values("references", in: all[0]).isEmpty)
        for index in 1..<all.count {
            let references = try value("references", in: all[index])
            #expect(references == names[..<index].joined(separator: " "))
        }
    }

    @Test("what was sent before the outlet was started is read from the journal and named too")
    func earlier() throws {
        let course = (1...4).map { Told(id: "a", revision: $0, second: Double($0)) }
        let other = Told(id: "b", second: 9)
        let lines = try bench.append(course + [other])
        let parts = bench.parts()
        let folder = bench.directory.file("cap")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let transport = try parts.transport(
            OutletSettings(name: "c", target: .cap(directory: folder)), parts)
        let document = OutletDocument(lines[3])
        transport.note(document)
        #expect(transport.deliver(document) == .delivered)
        let text = try String(contentsOfFile: folder + "/a.4.xml", encoding: .utf8)
        let named = try value("references", in: text).split(separator: " ")
        #expect(named.map { $0.split(separator: ",")[1] } == ["a.1", "a.2", "a.3"])
    }

    @Test("a directory that is not there, or not ours, fails and leaves nothing half written")
    func directory() throws {
        let parts = bench.parts()
        let transport = try parts.transport(
            OutletSettings(name: "c", target: .cap(directory: bench.directory.file("no"))), parts)
        let document = OutletDocument(try bench.append([Told(id: "a")])[0])
        guard case .failed(let reason, _) = transport.deliver(document) else {
            Issue.record("there is no such directory")
            return
        }
        #expect(reason.contains("No such file or directory"))
        let folder = bench.directory.file("no")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(transport.deliver(document) == .delivered)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.1.xml"])
    }

    private static let worded = Told(
        id: "demo.a", limit: ">=1.50",
        words: [Phrase("cut-began", Phrase("of", "T1", "H101"))])

    @Test("what has phrases is said in English and in Chinese, and all else once")
    func languages() throws {
        let texts = try messages(of: [Self.worded, Told(id: "demo.b", why: "瓦斯超限")]).map(\.text)
        #expect(try values("language", in: texts[0]) == ["en-US", "zh-CN"])
        let descriptions = try values("description", in: texts[0])
        #expect(descriptions.count == 2)
        #expect(descriptions.first?.hasPrefix("T1 of H101 reached the cut limit") == true)
        #expect(descriptions.last?.hasPrefix("H101的T1达到断电值。限值") == true)
        #expect(try values("instruction", in: texts[0]).last == "停止作业，切断电源，撤出人员，报告调度员")
        #expect(try values("headline", in: texts[0]).last?.contains("（发生）：demo/H101") == true)
        for name in ["severity", "urgency", "certainty", "onset"] {
            #expect(Set(try values(name, in: texts[0])).count == 1, "one \(name) in both")
        }
        #expect(try values("language", in: texts[1]) == ["en-US"])
    }

    @Test("UTC is written -00:00, and other places with their own offset")
    func offsets() throws {
        let document = OutletDocument(try bench.append([Told(id: "a", second: 0)])[0])
        for (seconds, end) in [(0, "-00:00"), (28_800, "+08:00"), (-12_600, "-03:30")] {
            let message = CAPMessage(document, earlier: []) { _ in seconds }
            #expect(message.sent.hasSuffix(end))
            #expect(message.sent.utf8.count == 25)
        }
    }

    private static let xmllint = "/usr/bin/xmllint"
    private static var schema: String? {
        let shared =
            ProcessInfo.processInfo.environment["FIREDAMP_SHARED"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")
        let path = shared.appending(path: "data/cap/CAP-v1.2.xsd").path(percentEncoded: false)
        let isThere = [path, xmllint].allSatisfy { FileManager.default.fileExists(atPath: $0) }
        return isThere ? path : nil
    }

    @Test(
        "xmllint finds every generated message valid by the schema of OASIS, and a broken one not",
        .enabled(
            if: schema != nil,
            "needs xmllint, and the schema in ../shared/data/cap or FIREDAMP_SHARED"))
    func valid() throws {
        let schema = try #require(Self.schema)
        let seed = UInt64.random(in: 0...(.max))
        let all = try messages(of: try generated(seed: seed) + [Self.worded])
        let folder = bench.directory.file("cap/")
        let said = try output(
            Self.xmllint, ["--noout", "--schema", schema] + all.map { folder + $0.name })
        let lines = said.split(separator: "\n")
        let bad = lines.filter { !$0.hasSuffix(" validates") }
        #expect(bad == [], "seed \(seed)")
        #expect(lines.count == all.count)
        let broken = all[0].text.replacingOccurrences(
            of: "<scope>Restricted</scope>", with: "<scope>Everybody</scope>")
        try broken.write(toFile: folder + "broken.xml", atomically: true, encoding: .utf8)
        let found = try output(
            Self.xmllint, ["--noout", "--schema", schema, folder + "broken.xml"])
        #expect(found.contains("fails to validate"))
    }
}
