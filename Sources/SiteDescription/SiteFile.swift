import Crypto
package import GasModel

/// What is wrong with the file at a path that is to hold a secret; `nil` when nothing is.
package typealias SecretCheck = (String) -> String?

/// The site file: the description of a mine that its gas-control engineer writes, in YAML.
///
/// Every key is described in `Deploy/samples/README.md`.
package enum SiteFile {
    /// Largest file that is read, in bytes: seven times what `sensorsMax` sensors take.
    package static let bytesMax = 64 << 20
    /// Most sensors of one site.
    package static let sensorsMax = SensorReader.sensorsMax

    /// The site that a file describes, under one of the `tables` and `policies`.
    ///
    /// **Shape:** `bytes` are the whole file, UTF-8 with or without a byte order mark; `name` is
    /// what problems call the file. `checkSecret` says what is wrong with a file that is to hold a
    /// secret, `nil` when nothing is; unless given, no such file is looked at. **Cost:** the parser
    /// keeps about thirty times the file in memory, and a key that is given twice costs another
    /// parse. **Errors:** every problem of the file, in its order. Only a file that cannot be taken
    /// apart (size, encoding, syntax) is reported at the first place that shows it.
    package static func read(
        _ bytes: [UInt8], name: String, tables: [LimitTable] = LimitTables.all,
        policies: [ProvincePolicy] = ProvincePolicies.all,
        checkSecret: @escaping SecretCheck = { _ in nil }
    ) throws(SiteProblems) -> Site {
        let problems = ProblemList()
        var site: Site?
        if let text = text(of: bytes, problems), let root = YAMLDocument.read(text, problems) {
            let reader = SiteReader(
                problems, tables: tables, policies: policies, checkSecret: checkSecret)
            site = reader.site(root, fingerprint: fingerprint(of: bytes))
        }
        guard let site, problems.isEmpty else {
            throw SiteProblems(name: name, list: problems.sorted())
        }
        return site
    }

    /// The site that a text describes, as if it were the content of the file `name`.
    package static func read(
        _ text: String, name: String, tables: [LimitTable] = LimitTables.all,
        policies: [ProvincePolicy] = ProvincePolicies.all,
        checkSecret: @escaping SecretCheck = { _ in nil }
    ) throws(SiteProblems) -> Site {
        try read(
            Array(text.utf8), name: name, tables: tables, policies: policies,
            checkSecret: checkSecret)
    }

    /// SHA-256 of the bytes, in hexadecimal.
    static func fingerprint(of bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined()
    }

    /// The text that a file holds; `nil`, with a problem, when it is none.
    static func text(of bytes: [UInt8], _ problems: ProblemList) -> String? {
        guard bytes.count <= bytesMax else {
            problems.add(
                .start, "the file has \(bytes.count) bytes", hint: "allowed: at most \(bytesMax)")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            problems.add(
                firstBadPosition(in: bytes), "the file is not UTF-8 from here on",
                hint: isUTF16 ? "it looks like UTF-16; save it as UTF-8" : "save it as UTF-8")
            return nil
        }
        // Windows editors put a byte order mark first; libyaml would count it as a column.
        return text.unicodeScalars.first == "\u{FEFF}"
            ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static func firstBadPosition(in bytes: [UInt8]) -> Position {
        var walk = PositionWalk()
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&rest) { walk.advance(over: scalar) }
        return walk.position
    }
}
