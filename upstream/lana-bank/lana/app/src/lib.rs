//! What the servers for operators and for customers share.

pub mod clock;
pub mod customers;
mod database;
pub mod storage;

use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgPool;
use tokio::sync::{broadcast, watch};

use clock::{Clock, TimeConfig};
use customers::{Customer, Customers};
use storage::{Storage, StorageConfig};

const PROBE: Duration = Duration::from_secs(2);

/// A server's part of the configuration.
#[derive(Clone, Debug, Deserialize)]
pub struct ServerConfig {
    pub port: u16,
    pub jwks_url: String,
    pub aud: String,
}

/// The parts of the configuration and environment that the application reads.
pub struct AppConfig {
    pub database: String,
    pub connections: u32,
    pub storage: StorageConfig,
    pub signing_secret: Option<String>,
    pub time: TimeConfig,
    pub domain: Vec<(String, String)>,
}

/// The application: its database, clock, documents and events.
#[derive(Clone)]
pub struct App {
    pool: PgPool,
    pub clock: Clock,
    pub customers: Customers,
    pub storage: Storage,
    pub created: broadcast::Sender<Customer>,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Connect, migrate and store the settings of the domain that the environment has.
    pub async fn start(config: AppConfig) -> anyhow::Result<Self> {
        let pool = database::connect(&config.database, config.connections).await?;
        for (key, value) in &config.domain {
            let statement = "INSERT INTO domain_configs VALUES ($1, $2) \
                             ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            let query = sqlx::query(statement).bind(key).bind(value).execute(&pool);
            query
                .await
                .with_context(|| format!("store the setting {key}"))?;
        }
        Ok(Self {
            customers: Customers(pool.clone()),
            pool,
            clock: Clock::new(config.time),
            storage: Storage::new(config.storage, config.signing_secret),
            created: broadcast::Sender::new(16),
            stopping: watch::Sender::new(false),
        })
    }

    /// Return why requests should go elsewhere now, `None` if they should not.
    pub async fn unready(&self) -> Option<&'static str> {
        if *self.stopping.borrow() {
            return Some("the server stops");
        }
        let probe = sqlx::query("SELECT 1").execute(&self.pool);
        match tokio::time::timeout(PROBE, probe).await {
            Ok(Ok(_)) => None,
            _ => Some("the database does not respond"),
        }
    }

    /// Keep what another service has reported.
    pub async fn record_callback(&self, source: &str, payload: &Value) -> sqlx::Result<()> {
        let statement = "INSERT INTO callbacks (source, payload, received_at) VALUES ($1, $2, $3)";
        let query = sqlx::query(statement).bind(source).bind(payload);
        query.bind(self.clock.now()).execute(&self.pool).await?;
        Ok(())
    }

    /// Return the settings of the domain, ordered by key.
    pub async fn domain_configs(&self) -> sqlx::Result<Vec<(String, String)>> {
        let statement = "SELECT key, value FROM domain_configs ORDER BY key";
        sqlx::query_as(statement).fetch_all(&self.pool).await
    }

    /// From now on the server is not ready; whoever waits for [`App::stopped`] goes on.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Wait until the server stops.
    pub async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // An error means that the application is gone, which is a stop too.
        let _ = stopping.wait_for(|stops| *stops).await;
    }

    /// Close the connections to the database.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
