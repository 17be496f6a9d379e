package import GasModel

extension SiteFile {
    /// The JSON Schema of the site file, for editors that complete and check while one writes.
    ///
    /// **Shape:** JSON of draft 2020-12, with a line break at the end. It is what the reader asks
    /// for when it is given nothing; what lies between keys only the reader knows.
    package static func schema(
        tables: [LimitTable] = LimitTables.all, policies: [ProvincePolicy] = ProvincePolicies.all
    ) -> String {
        let recorder = SchemaRecorder()
        let reader = SiteReader(ProblemList(), tables: tables, policies: policies)
        _ = reader.site(Item(recorder), fingerprint: "")
        let head: [(key: String, value: JSONValue)] = [
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("title", "Firedamp site file"),
        ]
        return JSONValue.object(head + recorder.members).rendered + "\n"
    }
}
