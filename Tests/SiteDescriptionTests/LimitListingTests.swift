import Foundation
import GasModel
import SiteDescription
import Testing

@Suite("Listing of limits")
struct LimitListingTests {
    @Test("a table in aligned columns, with what it rests on below")
    func table() throws {
        let table = try SampleTable.read()
        #expect(
            LimitListing.text(table, width: 60) == """
                xx-1: A table
                Nowhere, edition first; methane, in % by volume
                fingerprint \(table.fingerprint)

                ROLE         GAS CLASS  ALARM   CUT     RE-POWER  BASIS
                T1           low, high  >= 1.0  >= 1.5  < 1.0     [1] secondary copy
                    Face (heading, longwall): stop; >= 2.0 report
                    a cut switches off: everything
                main-return  any        > 0.75  none    < 0.75 *  [2] NOT VERIFIED
                    Main return (main-return): find the cause

                SENSOR ASKED FOR  QUANTITY     ROLE  BASIS
                need-face         methane      T1    [3]
                    Methane at the face (heading; gas class low)
                need-fan          fan-running  any   [4] NOT VERIFIED
                    Whether the fan runs (heading; in series)

                What it rests on
                [1] Act, edition 1, s 1 (read in a secondary copy, not in
                    the instrument)
                [2] Act, edition 1, s 2 (NOT VERIFIED: from memory, to be
                    checked against the instrument)
                [3] Act, edition 1, s 3
                [4] Act, edition 1, s 4 (NOT VERIFIED: from memory, to be
                    checked against the instrument)
                *   the law names no re-power: the lower of alarm and cut is taken
                """)
    }

    @Test("no table or policy is wider than the terminal", arguments: [80, 100])
    func width(columns: Int) throws {
        let names = LimitTables.all.map(\.name) + ProvincePolicies.all.map(\.name)
        for name in names {
            let text = try #require(LimitListing.text(name, width: columns))
            let wide = text.split(separator: "\n").filter { $0.count > columns }.map(String.init)
            #expect(wide.isEmpty, "\(name): \(wide)")
        }
    }

    @Test("each line of a row that nobody has verified says so", arguments: LimitTables.all)
    func remarks(_ table: LimitTable) throws {
        let text = LimitListing.text(table, width: 1000)
        let lines = text.split(separator: "\n")
        for row in table.rows {
            let places = row.places.map(\.rawValue).joined(separator: ", ")
            let use = try #require(
                lines.firstIndex { $0.hasPrefix("    \(row.title) (\(places)): ") })
            let line = lines[use - 1]
            #expect(line.hasPrefix(row.role.rawValue + " "))
            if row.cut != nil { #expect(lines[use + 1].hasSuffix(": " + row.scope)) }
            let says = ["NOT VERIFIED", "secondary copy"].filter { line.contains($0) }
            switch row.basis.verified {
            case .yes: #expect(says == [], "\(line)")
            case .secondary: #expect(says == ["secondary copy"], "\(line)")
            case .no: #expect(says == ["NOT VERIFIED"], "\(line)")
            }
        }
    }

    @Test("the JSON holds each figure, operator, basis and requirement", arguments: LimitTables.all)
    func json(_ table: LimitTable) throws {
        let text = try #require(LimitListing.json(table.name))
        let root = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(root["name"] as? String == table.name)
        let rows = try #require(root["rows"] as? [[String: Any]])
        #expect(rows.count == table.rows.count)
        for (entry, row) in zip(rows, table.rows) {
            #expect(entry["role"] as? String == row.role.rawValue)
            #expect(limit(entry["alarm"]) == row.alarm)
            #expect(limit(entry["cut"]) == row.cut)
            #expect(entry["repower"] as? Double == row.repower)
            #expect(entry["domain"] as? [String] == row.domain)
            let steps = try #require(entry["steps"] as? [[String: Any]])
            #expect(steps.map(limit) == row.steps.map(\.at))
            let basis = try #require(entry["basis"] as? [String: Any])
            #expect(basis["verified"] as? String == row.basis.verified.rawValue)
            #expect(basis["remark"] as? String == row.basis.verified.remark)
        }
        let requirements = try #require(root["requirements"] as? [[String: Any]])
        #expect(requirements.compactMap { $0["id"] as? String } == table.requirements.map(\.id))
    }

    private func limit(_ value: Any?) -> Limit? {
        guard let block = value as? [String: Any], let at = block["at"] as? Double else {
            return nil
        }
        return Limit(at, beyond: block["operator"] as? String == ">")
    }

    @Test("text that JSON must escape stays what it is")
    func escaped() throws {
        var table = try SampleTable.read()
        table.title = "quote \" backslash \\ tab \t bell \u{7} 安全"
        let root = try JSONSerialization.jsonObject(with: Data(LimitListing.json(table).utf8))
        #expect((root as? [String: Any])?["title"] as? String == table.title)
    }

    @Test("a policy with its figures and what they rest on")
    func policy() throws {
        let text = try #require(LimitListing.text("guizhou-2019", width: 200))
        for words in ["300000 t/yr", "3, 6, 9 days", "every 15 days", "read in a secondary copy"] {
            #expect(text.contains(words))
        }
        let json = try #require(LimitListing.json("guizhou-2019"))
        let root = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let halts = try #require(root?["cumulative-halts"] as? [String: Any])
        #expect(halts["days"] as? [Int] == [3, 6, 9])
    }

    @Test("the overview names every table and policy, in text and in JSON")
    func overview() throws {
        let names = LimitTables.all.map(\.name) + ProvincePolicies.all.map(\.name)
        let lines = LimitListing.overview().split(separator: "\n").dropFirst(2)
        #expect(lines.map { String($0.prefix { $0 != " " }) } == names)
        let json = try JSONSerialization.jsonObject(with: Data(LimitListing.overviewJSON().utf8))
        let root = try #require(json as? [String: [[String: String]]])
        let listed = try #require(root["tables"]) + #require(root["policies"])
        #expect(listed.compactMap { $0["name"] } == names)
    }

    @Test("who asks for a name that is not there is told the nearest, and all")
    func unknown() {
        #expect(LimitListing.text("us-30cfr57", width: 80) == nil)
        #expect(LimitListing.json("us-30cfr57") == nil)
        let words = LimitListing.unknown("us-30cfr57")
        #expect(words.contains("did you mean \"us-30cfr75\"?"))
        for table in LimitTables.all { #expect(words.contains(table.name)) }
    }
}
