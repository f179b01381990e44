//! `sealane webhooks`: making, listing and removing webhooks of sites. Effective at once, also for a running
//! `serve`.

use super::keys::party_id;
use super::{DataDir, print};
use crate::config::Config;
use crate::engine::webhooks::refusal;
use anyhow::{Result, bail};
use sealane_api::hooks::{HookOrder, Hooks};

/// The file of webhooks, in the data directory.
pub(crate) const FILE: &str = "webhooks.json";

/// Arguments of `webhooks`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataDir,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Makes a webhook and prints its id and the secret that signs what is sent.
    Add {
        /// The party whose certificates it is about.
        #[arg(long, value_name = "ID")]
        party: String,
        /// Where events are sent.
        #[arg(long)]
        url: String,
        /// A kind of event, such as `certificate.revoked`; may be repeated. All without it.
        #[arg(long = "kind", value_name = "KIND")]
        kinds: Vec<String>,
        /// A label for people.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Lists webhooks, without their secrets.
    List,
    /// Removes a webhook.
    Remove {
        /// Its id, as `list` shows it.
        id: String,
    },
}

impl Args {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<()> {
        crate::files::make_private(&self.data.path)?;
        let hooks = Hooks::open(self.data.path.join(FILE))?;
        match self.action {
            Action::Add { party, url, kinds, label } => {
                let sending = Config::load(Some(&self.data.path))?.webhooks;
                if let Some(why) = refusal(&url, sending.private) {
                    bail!("{why}");
                }
                let order = HookOrder { url, kinds: kinds.into_iter().collect(), label };
                let hook = hooks.add(&party_id(&party)?, order)?;
                print::line(hook.id);
                print::line(hook.secret);
            }
            Action::List => {
                for hook in hooks.all().iter() {
                    let kinds: Vec<&str> = hook.kinds.iter().map(String::as_str).collect();
                    let kinds = if kinds.is_empty() { "all".to_owned() } else { kinds.join(",") };
                    print::line(format!(
                        "{}  {}  {}  {kinds}  {}",
                        hook.id, hook.party, hook.url, hook.label
                    ));
                }
            }
            Action::Remove { id } => {
                if !hooks.remove(None, &id)? {
                    bail!("there is no webhook `{id}`");
                }
            }
        }
        Ok(())
    }
}
