//! Both servers from start to stop.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use lana_app::{App, AppConfig};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_utils::{error, info};

use crate::config::Config;
use crate::{Cli, build_info};

const DOMAIN_CONFIG_ENV_PREFIX: &str = "LANA_DOMAIN_CONFIG_";
const GRACE: Duration = Duration::from_secs(10);

/// Serve until SIGTERM or SIGINT; requests that run then are completed.
pub async fn serve(cli: Cli, config: Config) -> anyhow::Result<()> {
    tracing_utils::init(&config.tracing.service_name);
    require_key("ENCRYPTION_KEY", Some(&cli.encryption_key))?;
    require_key(
        "DEPRECATED_ENCRYPTION_KEY",
        cli.deprecated_encryption_key.as_ref(),
    )?;
    // A port that is taken fails before the database is migrated.
    let admin = listen(&cli.host, config.admin_server.port).await?;
    let customer = listen(&cli.host, config.customer_server.port).await?;
    write_pid(&cli.lana_home)?;
    let app = App::start(AppConfig {
        database: cli.pg_con,
        connections: config.db.pool_size,
        storage: config.app.storage,
        signing_secret: cli.storage_signing_secret,
        time: config.time,
        domain: domain_settings(std::env::vars()),
    })
    .await?;
    let result = run_both(
        &app,
        admin,
        customer,
        config.admin_server,
        config.customer_server,
    )
    .await;
    app.close().await;
    info!("shutdown complete");
    result
}

async fn run_both(
    app: &App,
    admin: TcpListener,
    customer: TcpListener,
    admin_config: lana_app::ServerConfig,
    customer_config: lana_app::ServerConfig,
) -> anyhow::Result<()> {
    let servers = async {
        tokio::try_join!(
            admin_server::run(admin, &admin_config, app.clone(), build_info()),
            customer_server::run(customer, &customer_config, app.clone()),
        )
    };
    tokio::pin!(servers);
    tokio::select! {
        ended = &mut servers => {
            error!("a server ended by itself");
            return ended.map(|_| ());
        }
        () = interrupted()? => info!("stopping: no new requests"),
    }
    app.stop();
    match tokio::time::timeout(GRACE, servers).await {
        Ok(ended) => ended.map(|_| ()),
        Err(_) => bail!("stop: requests ran longer than {} s", GRACE.as_secs()),
    }
}

/// Return what ends at SIGTERM or SIGINT.
fn interrupted() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn listen(host: &str, port: u16) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind((host, port)).await;
    listener.with_context(|| format!("listen on {host}:{port}"))
}

fn require_key(name: &str, key: Option<&String>) -> anyhow::Result<()> {
    match key.map(hex::decode) {
        None => Ok(()),
        Some(Ok(bytes)) if bytes.len() == 32 => Ok(()),
        Some(_) => bail!("read {name}: it is not 64 hexadecimal digits"),
    }
}

/// Return the settings of the domain among `variables`, their names in lower case.
fn domain_settings(variables: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let setting = |(name, value): (String, String)| {
        let key = name.strip_prefix(DOMAIN_CONFIG_ENV_PREFIX)?;
        Some((key.to_lowercase().replace('_', "-"), value))
    };
    variables.filter_map(setting).collect()
}

fn write_pid(home: &Path) -> anyhow::Result<()> {
    let file = home.join("server-pid");
    std::fs::create_dir_all(home)
        .and_then(|()| std::fs::write(&file, std::process::id().to_string()))
        .with_context(|| format!("write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_the_domain_are_those_with_the_prefix() {
        let variables = [
            ("LANA_DOMAIN_CONFIG_REQUIRE_KYC", "true"),
            ("LANA_HOME", "/lana"),
        ];
        let given = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let found = domain_settings(given.into_iter());
        assert_eq!(found, [("require-kyc".to_owned(), "true".to_owned())]);
    }

    #[test]
    fn a_key_has_32_bytes() {
        assert!(require_key("K", Some(&"ab".repeat(32))).is_ok());
        assert!(require_key("K", None).is_ok());
        for wrong in ["", "abcd", "zz"] {
            assert!(
                require_key("K", Some(&wrong.to_owned())).is_err(),
                "{wrong}"
            );
        }
    }
}
