//! `lana-cli`: the server of Lana Bank and its tools.

pub mod config;
mod server;

use std::path::PathBuf;

use admin_server::graphql::BuildInfo;
use clap::{Parser, Subcommand};

use config::{Config, DEFAULTS};

#[derive(Parser)]
#[clap(name = "lana-cli", version = env!("BUILD_VERSION"))]
pub(crate) struct Cli {
    /// Settings that differ from the defaults
    #[clap(short, long, env = "LANA_CONFIG", default_value = "lana.yml")]
    config: PathBuf,
    /// Address of the PostgreSQL database
    #[clap(long, env = "PG_CON", default_value = "", hide_env_values = true)]
    pg_con: String,
    /// Accepted as by the real server; the sample sends no mail
    #[clap(
        long,
        env = "SMTP_USERNAME",
        default_value = "",
        hide_env_values = true
    )]
    smtp_username: String,
    /// Accepted as by the real server; the sample sends no mail
    #[clap(
        long,
        env = "SMTP_PASSWORD",
        default_value = "",
        hide_env_values = true
    )]
    smtp_password: String,
    /// Key of 32 bytes as 64 hexadecimal digits
    #[clap(long, env = "ENCRYPTION_KEY", hide_env_values = true)]
    encryption_key: String,
    /// The key before the present one
    #[clap(long, env = "DEPRECATED_ENCRYPTION_KEY", hide_env_values = true)]
    deprecated_encryption_key: Option<String>,
    /// Accepted as by the real server; the sample creates no users
    #[clap(
        long,
        env = "KEYCLOAK_INTERNAL_CLIENT_SECRET",
        default_value = "secret",
        hide_env_values = true
    )]
    keycloak_internal_client_secret: String,
    /// Accepted as by the real server; the sample creates no users
    #[clap(
        long,
        env = "KEYCLOAK_CUSTOMER_CLIENT_SECRET",
        default_value = "secret",
        hide_env_values = true
    )]
    keycloak_customer_client_secret: String,
    /// Secret that signs links to documents
    #[clap(long, env = "STORAGE_SIGNING_SECRET", hide_env_values = true)]
    storage_signing_secret: Option<String>,
    /// Folder of the file with the process id
    #[clap(long, env = "LANA_HOME", default_value = ".lana")]
    lana_home: PathBuf,
    /// Address to listen on
    #[clap(long, default_value = "0.0.0.0")]
    host: String,
    #[clap(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Show the build
    BuildInfo,
    /// Print a new encryption key
    Genencryptionkey,
    /// Print every setting with its default
    DumpDefaultConfig,
    /// Print the GraphQL schema for operators
    DumpSchema,
    /// Serve until SIGTERM (the default)
    #[clap(alias = "serve")]
    Run,
}

/// Run the command that the arguments name.
pub async fn run() -> anyhow::Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::BuildInfo) => print_build(&build_info()),
        Some(Command::Genencryptionkey) => println!("{}", new_key()),
        Some(Command::DumpDefaultConfig) => print!("{DEFAULTS}"),
        Some(Command::DumpSchema) => print!("{}", admin_server::graphql::description()),
        Some(Command::Run) | None => {
            let config = Config::read(&cli.config)?;
            server::serve(cli, config).await?;
        }
    }
    Ok(())
}

pub(crate) fn build_info() -> BuildInfo {
    BuildInfo {
        version: env!("BUILD_VERSION").to_owned(),
        build_profile: env!("BUILD_PROFILE").to_owned(),
        build_target: env!("BUILD_TARGET").to_owned(),
        enabled_features: Vec::new(),
    }
}

fn print_build(build: &BuildInfo) {
    println!("lana-cli {}", build.version);
    println!("Build Profile: {}", build.build_profile);
    println!("Build Target: {}", build.build_target);
    println!("Enabled Features: [{}]", build.enabled_features.join(", "));
}

/// Return a random key: two random UUIDs have 244 random bits.
fn new_key() -> String {
    let bytes = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    bytes.map(|each| hex::encode(each.as_bytes())).concat()
}
