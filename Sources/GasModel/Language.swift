/// A language that Firedamp speaks; the raw value is its ISO 639-1 code.
package enum Language: String, Sendable, CaseIterable, Codable {
    /// English.
    case english = "en"
    /// Chinese, in simplified characters.
    case chinese = "zh"
}
