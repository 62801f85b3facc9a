//! The configuration file: settings that differ from `dev/lana.default.yml`.

use std::path::Path;

use anyhow::{Context, bail};
use lana_app::ServerConfig;
use lana_app::clock::TimeConfig;
use lana_app::storage::StorageConfig;
use serde::Deserialize;
use serde_json::Value;

/// Every setting with its default.
pub const DEFAULTS: &str = include_str!("../../../dev/lana.default.yml");

/// Settings without a default: of a provider or mode that is not the default one.
const OPTIONAL: [&str; 2] = ["app.storage.bucket_name", "time.start_at"];

/// The settings that the sample reads; the others are accepted as by the real server.
#[derive(Debug, Deserialize)]
pub struct Config {
    pub admin_server: ServerConfig,
    pub customer_server: ServerConfig,
    pub app: AppSettings,
    pub db: Database,
    pub time: TimeConfig,
    pub tracing: Tracing,
}

#[derive(Debug, Deserialize)]
pub struct AppSettings {
    pub storage: StorageConfig,
}

#[derive(Debug, Deserialize)]
pub struct Database {
    pub pool_size: u32,
}

#[derive(Debug, Deserialize)]
pub struct Tracing {
    pub service_name: String,
}

impl Config {
    /// Return the settings of a file, with defaults for those that it does not name.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file);
        let text = text.with_context(|| format!("read the configuration {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("read the configuration {}", file.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut settings: Value = serde_yaml_ng::from_str(DEFAULTS)?;
        match serde_yaml_ng::from_str(text)? {
            Value::Null => {}
            given => merge(&mut settings, given, "")?,
        }
        Ok(serde_json::from_value(settings)?)
    }
}

/// Replace settings by those that are `given`; refuse one that has no default.
fn merge(settings: &mut Value, given: Value, path: &str) -> anyhow::Result<()> {
    match (settings, given) {
        (Value::Object(known), Value::Object(given)) => {
            for (name, value) in given {
                let place = format!("{path}.{name}").trim_start_matches('.').to_owned();
                match known.get_mut(&name) {
                    Some(setting) => merge(setting, value, &place)?,
                    None if OPTIONAL.contains(&place.as_str()) => {
                        known.insert(name, value);
                    }
                    None => bail!("unknown setting {place}"),
                }
            }
        }
        (Value::Object(_), _) => bail!("setting {path}: a mapping is expected"),
        (_, Value::Object(_)) => bail!("setting {path}: a single value is expected"),
        (setting, value) => *setting = value,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_has_the_defaults() {
        let config = Config::parse("").expect("the defaults");
        assert_eq!(
            (config.admin_server.port, config.customer_server.port),
            (5253, 5254)
        );
        assert!(matches!(config.time, TimeConfig::Realtime));
    }

    #[test]
    fn a_file_changes_what_it_names_only() {
        let text = "admin_server: {port: 1}\ntime: {mode: manual, start_at: 2024-01-01T00:00:00Z}\n\
                    app: {storage: {provider: gcp, bucket_name: documents}}\n";
        let config = Config::parse(text).expect("read");
        assert_eq!(config.admin_server.port, 1);
        assert_eq!(config.admin_server.aud, "https://admin-api/graphql");
        assert!(matches!(config.time, TimeConfig::Manual { .. }));
        assert!(matches!(config.app.storage, StorageConfig::Gcp { .. }));
    }

    #[test]
    fn a_setting_that_is_misspelled_or_misplaced_is_refused_by_its_path() {
        for (text, message) in [
            (
                "app: {storage: {rootfolder: x}}",
                "unknown setting app.storage.rootfolder",
            ),
            (
                "admin_server: 5253",
                "setting admin_server: a mapping is expected",
            ),
            (
                "db: {pool_size: {a: 1}}",
                "setting db.pool_size: a single value is expected",
            ),
            ("start_at: x", "unknown setting start_at"),
        ] {
            let refused = Config::parse(text).expect_err(text);
            assert_eq!(refused.to_string(), message);
        }
    }
}
