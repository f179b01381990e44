//! The documentation lists every rule as the table has it (`BLESS=1` writes it).

use sealane_origin::RULES;
use std::path::Path;

const START: &str = "<!-- rules -->\n";
const END: &str = "<!-- /rules -->";

#[test]
fn docs_list_every_rule() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/certificates.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(START).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let rows = RULES.iter().map(|r| format!("| {} | {} | {} | {} |\n", r.id, r.asks, r.inputs, r.tolerance));
    let table: String = rows.collect();
    let whole = format!(
        "{before}{START}| rule | asks | looks at | tolerance |\n|---|---|---|---|\n{table}{END}{after}"
    );
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &whole).unwrap();
    }
    assert!(
        text == whole || std::env::var_os("BLESS").is_some(),
        "BLESS=1 writes the table of rules into docs/certificates.md"
    );
    for (n, rule) in RULES.iter().enumerate() {
        assert_eq!(rule.id, format!("R{}", n + 1));
        assert!(
            rule.asks.ends_with('?') && !rule.inputs.is_empty() && !rule.tolerance.is_empty(),
            "{}",
            rule.id
        );
    }
}
