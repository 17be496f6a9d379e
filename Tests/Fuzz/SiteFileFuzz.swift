// Compiled together with the sources of GasModel and SiteDescription by `Deploy/checks/fuzz-site`.

/// Reads arbitrary bytes as a site file, and stops at the first broken promise of the reader.
///
/// **Thread:** the fuzzer's only one. **Memory:** `data` lives for the call.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzSiteFile(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
    do {
        check(try SiteFile.read(bytes, name: "f"))
    } catch {
        check(error, lines: bytes.count + 2)
    }
    return 0
}

/// A refusal names a place that an editor can go to, in words that fit a terminal.
private func check(_ refusal: SiteProblems, lines: Int) {
    precondition(!refusal.list.isEmpty, "a refusal without a reason")
    for problem in refusal.list {
        precondition(1...lines ~= problem.line, "line \(problem.line) is not there")
        precondition(problem.column >= 1, "column \(problem.column) is not there")
        let text = problem.text(inFile: "f")
        precondition(
            text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F },
            "a control character reaches the terminal: \(text.debugDescription)")
    }
}

/// What is judged must be judged by something, and by nothing laxer than its row.
private func check(_ site: Site) {
    let places = Set(site.places.map(\.id))
    precondition(!places.isEmpty && places.count == site.places.count, "a place twice, or none")
    precondition(
        Set(site.sensors.map(\.id)).count == site.sensors.count, "a sensor stands there twice")
    for sensor in site.sensors {
        precondition(places.contains(sensor.place), "a sensor stands nowhere")
        let possible = sensor.quantity.definition.possible
        precondition(
            possible.contains(sensor.range.lowerBound)
                && possible.contains(sensor.range.upperBound), "a range beyond the possible")
        precondition(sensor.intervalSeconds > 0, "an interval of nothing")
        guard sensor.quantity == .methane else { continue }
        guard let limits = sensor.limits else { preconditionFailure("methane without limits") }
        precondition(sensor.range.contains(limits.alarm.value), "an alarm beyond the range")
        precondition((sensor.row == nil) == (site.table == nil), "a row without a table, or none")
        if let base = try? sensor.row?.limits() {
            precondition(limits.alarm.reachedAt <= base.alarm.reachedAt, "laxer than the law")
            precondition(limits.repower <= base.repower, "laxer than the law")
            precondition(
                (limits.cut?.reachedAt ?? .infinity) <= (base.cut?.reachedAt ?? .infinity),
                "laxer than the law")
        }
    }
}
