/// The one of `names` that was probably meant by `name`: at most one slip for every three letters,
/// upper and lower case taken as equal, and something of it right: `K` is not near `F`. None where
/// two are equally near: a guess would mislead.
func nearestName(to name: String, among names: some Sequence<String>) -> String? {
    let meant = Array(name.lowercased().unicodeScalars)
    let slipsMax = max(1, meant.count / 3)
    var nearest: (name: String?, slips: Int) = (nil, slipsMax + 1)
    for candidate in names {
        let known = Array(candidate.lowercased().unicodeScalars)
        guard abs(known.count - meant.count) <= slipsMax else { continue }
        let slips = slipCount(from: meant, to: known)
        guard slips < max(meant.count, known.count) else { continue }
        if slips < nearest.slips {
            nearest = (candidate, slips)
        } else if slips == nearest.slips {
            nearest.name = nil
        }
    }
    return nearest.name
}

/// How many letters must be put in, left out, replaced or swapped with their neighbour.
///
/// Source: optimal string alignment distance (Damerau 1964, restricted form), three rows at a time.
private func slipCount(from a: [Unicode.Scalar], to b: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var slips = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                slips = min(slips, beforeLast[j - 1] + 1)
            }
            row.append(slips)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
