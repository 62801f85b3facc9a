//! An HTTP server of GraphQL from start to stop. The routes, which name these handlers, are those of
//! each server.

use std::sync::Arc;

use async_graphql::{Executor, Request, Response};
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::{Json, Router};
use jwks_utils::{Claims, Verifier};
use lana_app::{App, ServerConfig};
use tokio::net::TcpListener;
use tracing_utils::info;

/// What the handlers of a server share; `S` is its GraphQL schema.
#[derive(Clone)]
pub struct Shared<S> {
    pub app: App,
    pub schema: S,
    verifier: Arc<Verifier>,
}

impl<S> FromRef<Shared<S>> for Arc<Verifier> {
    fn from_ref(shared: &Shared<S>) -> Self {
        shared.verifier.clone()
    }
}

/// Serve `router` on `listener` until the application stops; requests that run are completed.
pub async fn run<S: Executor>(
    name: &str,
    listener: TcpListener,
    config: &ServerConfig,
    app: App,
    schema: S,
    router: Router<Shared<S>>,
) -> anyhow::Result<()> {
    let verifier = Verifier::new(&config.jwks_url, &config.aud);
    let refreshing = tokio::spawn(verifier.clone().refresh_forever());
    info!("{name} server listening on {}", listener.local_addr()?);
    let stopped = app.clone();
    let router = router.with_state(Shared {
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

/// The process lives; whether the database does is no reason to restart it.
pub async fn health() -> &'static str {
    "OK"
}

/// Requests can be answered: the database responds, and the server does not stop.
pub async fn readiness<S: Executor>(
    State(Shared { app, .. }): State<Shared<S>>,
) -> (StatusCode, &'static str) {
    match app.unready().await {
        None => (StatusCode::OK, "OK"),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}

/// Execute the query or mutation of somebody with a valid token.
pub async fn answer<S: Executor>(
    State(Shared { schema, .. }): State<Shared<S>>,
    claims: Claims,
    Json(request): Json<Request>,
) -> Json<Response> {
    Json(schema.execute(request.data(claims)).await)
}
