//! `sealane keys`: making, listing and revoking keys. Effective at once, also for a running `serve`.

use super::serve::SIGNING;
use super::{DataDir, print};
use crate::config::Config;
use anyhow::{Result, bail};
use sealane_api::Signing;
use sealane_api::keys::{KeyKind, Keys as KeyRing};
use sealane_data::partner::PartyId;

/// Arguments of `keys`.
#[derive(Debug, clap::Args)]
pub(crate) struct Keys {
    #[command(flatten)]
    data: DataDir,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Makes a key and prints it once; only its digest is stored.
    Add {
        /// The party it speaks for; `operator` sees everything.
        #[arg(long, value_name = "ID")]
        party: String,
        /// Makes a publishable key for web pages instead of a secret one.
        #[arg(long)]
        publishable: bool,
        /// A site the publishable key is bound to, such as `https://shop.example`; may be repeated.
        #[arg(long = "site", value_name = "ORIGIN", requires = "publishable")]
        sites: Vec<String>,
        /// A label for people.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Lists keys, without their secrets.
    List {
        /// Prints a JSON array.
        #[arg(long)]
        json: bool,
    },
    /// Lets the announced signing key sign from now on, and announces the next one; prints the key's id.
    Rotate,
    /// Takes a key out of use.
    Revoke {
        /// Its id, as `list` shows it.
        id: String,
    },
}

impl Keys {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<()> {
        crate::files::make_private(&self.data.path)?;
        let ring = KeyRing::open(self.data.path.join("keys.json"))?;
        match self.action {
            Action::Add { party, publishable, sites, label } => {
                if publishable && sites.is_empty() {
                    print::note("this key works on every site; `--site` binds it to yours");
                }
                let kind = if publishable { KeyKind::Publishable } else { KeyKind::Secret };
                print::line(ring.add(kind, &party_id(&party)?, &sites, &label)?);
            }
            Action::List { json: true } => print::line(serde_json::to_string(&ring.list()?)?),
            Action::List { json: false } => {
                for key in ring.list()? {
                    let kind = key.kind.prefix().trim_end_matches('_');
                    print::line(format!("{}  {kind}  {}  {}  {}", key.id, key.party, key.created, key.label));
                }
            }
            Action::Rotate => {
                let domain = Config::load(Some(&self.data.path))?.domain;
                let signing = Signing::open(self.data.path.join(SIGNING), &domain)?;
                print::line(signing.rotate(jiff::Timestamp::now())?);
            }
            Action::Revoke { id } => {
                if !ring.revoke(&id)? {
                    bail!("there is no key `{id}`");
                }
            }
        }
        Ok(())
    }
}

/// Returns a party's id, if the text can be one.
pub(crate) fn party_id(text: &str) -> Result<PartyId> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > 64 || !text.chars().all(fits) {
        bail!("party `{text}` may have lower-case letters, digits and dashes only, at most 64");
    }
    Ok(PartyId(text.into()))
}
