//! The API for customers.

mod graphql;

use std::sync::Arc;

use async_graphql::{Request, Response};
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jwks_utils::{Claims, Verifier};
use lana_app::{App, ServerConfig};
use tokio::net::TcpListener;
use tracing_utils::info;

use graphql::CustomerSchema;

/// What the handlers share.
#[derive(Clone)]
struct Shared {
    app: App,
    schema: CustomerSchema,
    verifier: Arc<Verifier>,
}

impl FromRef<Shared> for Arc<Verifier> {
    fn from_ref(shared: &Shared) -> Self {
        shared.verifier.clone()
    }
}

/// Serve on `listener` until the application stops; requests that run are completed.
pub async fn run(listener: TcpListener, config: &ServerConfig, app: App) -> anyhow::Result<()> {
    let verifier = Verifier::new(&config.jwks_url, &config.aud);
    let refreshing = tokio::spawn(verifier.clone().refresh_forever());
    info!("customer server listening on {}", listener.local_addr()?);
    let (stopped, schema) = (app.clone(), graphql::schema(app.clone()));
    let router = Router::new()
        .route("/health", get(health))
        .route("/graphql", get(readiness).post(answer))
        .with_state(Shared {
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

/// The process lives.
async fn health() -> &'static str {
    "OK"
}

/// Requests can be answered.
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
