import GasModel

/// The legal bases of one report, numbered in the order in which they are first named.
struct Footnotes {
    private var numbers: [String: Int] = [:]
    private var bases: [LegalBasis] = []

    /// `[3]`, and in words whether anybody has read it there: what is not verified says so
    /// wherever it is shown.
    mutating func mark(_ basis: LegalBasis) -> String {
        let key = "\(basis.verified.rawValue)|\(Self.words(basis))"
        let number = numbers[key] ?? bases.count + 1
        if numbers[key] == nil {
            numbers[key] = number
            bases.append(basis)
        }
        let mark = basis.verified.mark
        return "[\(number)]" + (mark.isEmpty ? "" : " \(mark)")
    }

    /// The notes, a paragraph each; empty when there is none.
    func text(width: Int) -> String {
        bases.enumerated().map { index, basis in
            let mark = padded("  [\(index + 1)]", to: 7)
            let remark = basis.verified.remark.isEmpty ? "" : " -- \(basis.verified.remark)"
            return wrapped(Self.words(basis) + remark, first: mark, width: width)
        }.joined()
    }

    /// The basis as a person would cite it.
    static func words(_ basis: LegalBasis) -> String {
        "\(basis.instrument), edition \(basis.edition), \(basis.article)"
    }
}
