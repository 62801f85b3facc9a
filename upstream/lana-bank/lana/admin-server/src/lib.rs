//! The API for operators: GraphQL, documents and the callbacks of other services.

pub mod graphql;
mod local_storage;
mod sse;
mod webhooks;

use std::sync::Arc;

use async_graphql::{Request, Response};
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use jwks_utils::{Claims, Verifier};
use lana_app::{App, ServerConfig};
use tokio::net::TcpListener;
use tracing_utils::info;

use graphql::{AdminSchema, BuildInfo};

/// What the handlers share.
#[derive(Clone)]
pub struct Shared {
    app: App,
    schema: AdminSchema,
    verifier: Arc<Verifier>,
}

impl FromRef<Shared> for Arc<Verifier> {
    fn from_ref(shared: &Shared) -> Self {
        shared.verifier.clone()
    }
}

/// Serve on `listener` until the application stops; requests that run are completed.
pub async fn run(
    listener: TcpListener,
    config: &ServerConfig,
    app: App,
    build: BuildInfo,
) -> anyhow::Result<()> {
    let verifier = Verifier::new(&config.jwks_url, &config.aud);
    let refreshing = tokio::spawn(verifier.clone().refresh_forever());
    info!("admin server listening on {}", listener.local_addr()?);
    let (stopped, schema) = (app.clone(), graphql::schema(app.clone(), build));
    let router = router().with_state(Shared {
        app,
        schema,
        verifier,
    });
    axum::serve(listener, router)
        .with_graceful_shutdown(async move { stopped.stopped().await })
        .await?;
    refreshing.abort();
    Ok(())
}

fn router() -> Router<Shared> {
    Router::new()
        .route("/health", get(health))
        .route("/graphql", get(readiness).post(answer))
        .route("/graphql/stream", post(sse::stream))
        .merge(local_storage::routes())
        .merge(webhooks::routes())
}

/// The process lives; whether the database does is no reason to restart it.
async fn health() -> &'static str {
    "OK"
}

/// Requests can be answered: the database responds, and the server does not stop.
async fn readiness(State(Shared { app, .. }): State<Shared>) -> (StatusCode, &'static str) {
    match app.unready().await {
        None => (StatusCode::OK, "OK"),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}

async fn answer(
    State(Shared { schema, .. }): State<Shared>,
    claims: Claims,
    Json(request): Json<Request>,
) -> Json<Response> {
    Json(schema.execute(request.data(claims)).await)
}
