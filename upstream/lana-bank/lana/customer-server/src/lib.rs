//! The API for customers.

mod graphql;

use axum::Router;
use axum::routing::get;
use http_server::{Shared, answer, health, readiness};
use lana_app::{App, ServerConfig};
use tokio::net::TcpListener;

use graphql::CustomerSchema;

/// Serve on `listener` until the application stops.
pub async fn run(listener: TcpListener, config: &ServerConfig, app: App) -> anyhow::Result<()> {
    let schema = graphql::schema(app.clone());
    http_server::run("customer", listener, config, app, schema, router()).await
}

fn router() -> Router<Shared<CustomerSchema>> {
    Router::new()
        .route("/health", get(health))
        .route("/graphql", get(readiness).post(answer))
}
