import GasModel
import SiteDescription
import Testing

@Suite("Policy of a province")
struct ProvincePolicyTests {
    static let text = """
        name: p-1
        title: A policy
        licensed-output:
          least: 300000
          basis: {instrument: A, edition: "1", article: a, verified: yes}
        cumulative-halts:
          days: [3, 6, 9]
          cycle-months: 2
          basis: {instrument: B, edition: "1", article: b, verified: secondary}
        calibration:
          every-days: 15
          basis: {instrument: C, edition: "1", article: c, verified: no}
        """

    private func problems(_ text: String) -> [String] {
        do {
            _ = try ProvincePolicies.read(Array(text.utf8), name: "f")
            return []
        } catch {
            return error.list.map { String($0.text(inFile: "f").dropFirst(2)) }
        }
    }

    @Test("reads every key")
    func whole() throws {
        let policy = try ProvincePolicies.read(Array(Self.text.utf8), name: "f")
        func basis(_ name: String, _ verified: Verification) -> LegalBasis {
            LegalBasis(
                instrument: name.uppercased(), edition: "1", article: name, verified: verified)
        }
        #expect(
            policy
                == ProvincePolicy(
                    name: "p-1", title: "A policy", outputTonnesMin: 300_000,
                    outputBasis: basis("a", .yes), haltDays: [3, 6, 9], cycleMonths: 2,
                    haltBasis: basis("b", .secondary), calibrationDays: 15,
                    calibrationBasis: basis("c", .no), fingerprint: policy.fingerprint))
        #expect(policy.fingerprint.count == 64)
    }

    @Test(
        "says where it is wrong, and nothing else",
        arguments: [
            ("least: 300000", "least: -1", "4:10", "not above zero"),
            ("least: 300000", "least: 300,000", "4:10", "is no number"),
            ("[3, 6, 9]", "[3, 6, 5]", "7:9", "fewer days"),
            ("[3, 6, 9]", "[3, 6.5]", "7:13", "a whole number from 1 to 366"),
            ("cycle-months: 2", "cycle-months: 0", "8:17", "from 1 to 12"),
            ("every-days: 15", "evry-days: 15", "11:3", "did you mean \"every-days\"?"),
        ])
    func broken(_ old: String, _ new: String, _ position: String, _ words: String) {
        let found = problems(Self.text.replacing(old, with: new))
        let first = found.first { $0.contains(words) } ?? ""
        #expect(first.hasPrefix("\(position): "), "\(found)")
        // A key that is misspelt is missing, too.
        #expect(found.count == (new.hasPrefix("evry") ? 2 : 1), "\(found)")
    }

    @Test("the files of the repository are the policies of the program, each under its own name")
    func shipped() throws {
        let files = try ShippedFiles.named("Policies")
        #expect(ProvincePolicies.all.map(\.name) == files.keys.sorted())
        for policy in ProvincePolicies.all {
            let bytes = try #require(files[policy.name])
            #expect(try ProvincePolicies.read(bytes, name: policy.name) == policy)
        }
    }

    @Test("Guizhou: 300,000 t/yr, halts of 3, 6 and 9 days in two months, calibration in 15 days")
    func guizhou() throws {
        let policy = try #require(ProvincePolicies.policy("guizhou-2019"))
        #expect(policy.outputTonnesMin == 300_000)
        #expect(policy.haltDays == [3, 6, 9])
        #expect(policy.cycleMonths == 2)
        #expect(policy.haltBasis.verified == .secondary)
        #expect(policy.calibrationDays == 15)
    }
}
