//! Reading a profile: strictly, over the embedded one that it extends.

use super::profile::{Profile, ProfileProblem};
use super::regimes::regime;
use toml::{Table, Value};

/// Reads a profile; everything that is wrong with it is told at once.
///
/// `extends = "rcep-smart"` takes an embedded profile and lays the file over it.
pub fn read_profile(text: &str) -> Result<Profile, Vec<ProfileProblem>> {
    let one = |at: &str, text: String, help: &str| {
        vec![ProfileProblem { at: at.to_owned(), text, help: help.to_owned() }]
    };
    let mut table: Table =
        text.parse().map_err(|e: toml::de::Error| one("file", plain(&e), "write it as TOML"))?;
    if let Some(base) = table.remove("extends") {
        let known = base.as_str().and_then(regime).ok_or_else(|| {
            one("extends", format!("{base} is no embedded profile"), "`/v1/regimes` lists them")
        })?;
        let below: Table = known.profile.parse().map_err(|e: toml::de::Error| {
            one("extends", plain(&e), "the embedded profile is broken: report it")
        })?;
        let mut whole = below;
        overlay(&mut whole, table);
        table = whole;
    }
    let profile: Profile = table
        .try_into()
        .map_err(|e: toml::de::Error| one("file", plain(&e), "see `docs/registries.md` for the settings"))?;
    let problems = profile.problems();
    if problems.is_empty() { Ok(profile) } else { Err(problems) }
}

/// Returns a parser's sentence in one line.
fn plain(error: &toml::de::Error) -> String {
    error.message().lines().collect::<Vec<_>>().join(" ")
}

/// Lays one table over another. A table inside does not replace what it does not name, except where
/// it says of which kind it is.
fn overlay(table: &mut Table, over: Table) {
    for (key, value) in over {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(over)) if !over.contains_key("kind") => {
                overlay(below, over);
            }
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::auth::Auth;
    use super::super::profile::Publication;
    use super::super::regimes::REGIMES;
    use super::*;

    fn refused(text: &str) -> String {
        let problems = read_profile(text).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    const CONNECTED: &str = "extends = \"rcep-smart\"\nconnected = true\nenvironment = \"test\"\n\
        [environments.test]\nbase = \"http://127.0.0.1:9\"\n";

    #[test]
    fn an_extension_takes_over_what_it_does_not_name() {
        let text = format!("{CONNECTED}[auth]\nkind = \"none\"\n[limits]\nper_minute = 7\n");
        let profile = read_profile(&text).unwrap();
        assert_eq!((profile.id.0.as_str(), &profile.auth), ("rcep-smart", &Auth::None));
        assert_eq!(profile.interface, Publication::AnnouncedOnly);
        assert_eq!((profile.limits.per_minute, profile.limits.in_flight), (7, 4));
        assert!(profile.covers("rcep") && !profile.covers("USMCA"));
        assert_eq!(profile.place().unwrap().base, "http://127.0.0.1:9");
    }

    #[test]
    fn embedded_profiles_are_in_order_and_connect_nothing() {
        for regime in REGIMES {
            let profile = read_profile(regime.profile).unwrap_or_else(|e| panic!("{}: {e:?}", regime.id));
            assert_eq!((profile.id.0.as_str(), profile.connected), (regime.id, false));
            assert_eq!(profile.interface, Publication::AnnouncedOnly, "{}", regime.id);
            assert!(profile.environments.is_empty(), "{} names an address that nobody published", regime.id);
            assert_eq!(profile.verbs.len(), 7, "{}", regime.id);
        }
    }

    #[test]
    fn every_fault_of_a_file_is_told_with_its_place() {
        for (text, told) in [
            ("id = ", "`file`"),
            ("extends = \"moon\"", "no embedded profile"),
            ("extends = \"rcep-smart\"\nsecret = 1", "unknown field `secret`"),
            ("extends = \"rcep-smart\"\nconnected = true", "`environment`"),
            (&format!("{CONNECTED}id = 1"), "`file`"),
            (&CONNECTED.replace("http://127.0.0.1:9", "ftp://x"), "`environments.test.base`"),
            (&CONNECTED.replace("http://127.0.0.1:9", "http://registry.example"), "is not encrypted"),
            (&format!("{CONNECTED}[limits]\nin_flight = 0"), "`limits.in_flight`"),
            (
                &format!("{CONNECTED}[verbs.verify]\npath = \"/v/{{numbr}}\""),
                "`verbs.verify.path`: `{numbr}` is no placeholder",
            ),
            (&format!("{CONNECTED}[verbs.verify]\nmethod = \"BREW\""), "`verbs.verify.method`"),
            (
                &format!("{CONNECTED}[answer]\nconfirmed = [\"X\"]\nrefuted = [\"x\"]"),
                "`X` means two outcomes",
            ),
            (&format!("{CONNECTED}[answer]\ncode = \"a..b\""), "`answer.code`"),
            (&format!("{CONNECTED}[answer.statuses]\n404 = \"maybe\""), "`answer.statuses.404`"),
            (&format!("{CONNECTED}[retry]\ndeadline = \"0s\""), "`retry.deadline`"),
            (&format!("{CONNECTED}[reconcile]\nevery = \"0s\""), "`reconcile.every`"),
        ] {
            let said = refused(text);
            assert!(said.contains(told), "{text}\nsays: {said}\nnot: {told}");
        }
    }

    #[test]
    fn every_documented_profile_is_a_good_one() {
        let guide = include_str!("../../../docs/registries.md");
        let blocks = guide.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        let seen: Vec<String> = blocks
            .map(|block| read_profile(block).unwrap_or_else(|e| panic!("{e:?}\n{block}")))
            .map(|profile| format!("{} {}", profile.id, profile.auth.word()))
            .collect();
        assert_eq!(
            seen,
            ["rcep-smart oauth2", "chamber api_key", "asw-originlink private_key_jwt", "usmca-ecert none"]
        );
    }

    #[test]
    fn credentials_are_references_and_debug_output_names_only_them() {
        let text = CONNECTED.replace(
            "[env",
            "[auth]\nkind = \"api_key\"\nheader = \"x-key\"\nsecret = { env = \"SEALANE_TEST_KEY\" }\n[env",
        );
        let shown = format!("{:?}", read_profile(&text).unwrap().auth);
        assert!(shown.contains("environment variable `SEALANE_TEST_KEY`"), "{shown}");
        assert!(
            refused(&text.replace("{ env = \"SEALANE_TEST_KEY\" }", "\"plain-text\"")).contains("`file`")
        );
    }
}
