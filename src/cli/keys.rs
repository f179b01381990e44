//! `sealane keys`: making, listing and revoking keys. Effective at once, also for a running `serve`.

use super::serve::SIGNING;
use super::{DataDir, print};
use crate::config::Config;
use anyhow::{Context as _, Result, bail};
use sealane_api::Signing;
use sealane_api::keys::{KeyKind, Keys as KeyRing};
use sealane_data::partner::PartyId;
use std::path::{Path, PathBuf};

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
        /// Makes a client of OAuth 2, which gets tokens at `/oauth/token`; prints its id and its secret.
        #[arg(long, conflicts_with = "publishable", requires = "scopes")]
        client: bool,
        /// A scope of the client, such as `eco:read`; may be repeated.
        #[arg(long = "scope", value_name = "SCOPE", requires = "client")]
        scopes: Vec<String>,
        /// The client's public key (a JSON Web Key): it signs assertions and has no secret.
        #[arg(long, value_name = "FILE", requires = "client")]
        public_key: Option<PathBuf>,
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
    Rotate {
        /// Rotates the key that signs tokens of OAuth 2 instead of the one that signs documents.
        #[arg(long)]
        tokens: bool,
    },
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
            Action::Add { party, client: true, scopes, public_key, label, .. } => {
                let jwk = public_key.map(|path| read_key(&path)).transpose()?;
                let (id, secret) = ring.add_client(&party_id(&party)?, &scopes, jwk, &label)?;
                print::line(id);
                if let Some(secret) = secret {
                    print::line(secret);
                }
            }
            Action::Add { party, publishable, sites, label, .. } => {
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
            Action::Rotate { tokens } => {
                let domain = Config::load(Some(&self.data.path))?.domain;
                let file = if tokens { super::tokens::FILE } else { SIGNING };
                let signing = Signing::open(self.data.path.join(file), &domain)?;
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

/// Reads a public key in JSON.
fn read_key(path: &Path) -> Result<serde_json::Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("`{}` is no JSON", path.display()))
}

/// Returns a party's id, if the text can be one.
pub(crate) fn party_id(text: &str) -> Result<PartyId> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > 64 || !text.chars().all(fits) {
        bail!("party `{text}` may have lower-case letters, digits and dashes only, at most 64");
    }
    Ok(PartyId(text.into()))
}
