//! The API for operators: GraphQL, documents and the callbacks of other services.

pub mod graphql;
mod local_storage;
mod sse;
mod webhooks;

use axum::Router;
use axum::routing::{get, post};
use http_server::{answer, health, readiness};
use lana_app::{App, ServerConfig};
use tokio::net::TcpListener;

use graphql::{AdminSchema, BuildInfo};

pub(crate) type Shared = http_server::Shared<AdminSchema>;

/// Serve on `listener` until the application stops.
pub async fn run(
    listener: TcpListener,
    config: &ServerConfig,
    app: App,
    build: BuildInfo,
) -> anyhow::Result<()> {
    let schema = graphql::schema(app.clone(), build);
    http_server::run("admin", listener, config, app, schema, router()).await
}

fn router() -> Router<Shared> {
    Router::new()
        .route("/health", get(health))
        .route("/graphql", get(readiness).post(answer))
        .route("/graphql/stream", post(sse::stream))
        .merge(local_storage::routes())
        .merge(webhooks::routes())
}
