//! Callbacks of other services, which are stored as they come.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Router, routing::post};
use lana_app::App;
use serde_json::Value;
use tracing_utils::error;

use crate::Shared;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/webhook/custodian/{provider}", post(custodian))
        .route("/webhook/reports/sync", post(reports))
        .route("/webhook/sumsub", post(sumsub))
}

async fn custodian(
    State(Shared { app, .. }): State<Shared>,
    Path(provider): Path<String>,
    body: Bytes,
) -> StatusCode {
    store(&app, &format!("custodian/{provider}"), &body).await
}

/// The pipeline has written reports; a body names its run.
async fn reports(State(Shared { app, .. }): State<Shared>, body: Bytes) -> StatusCode {
    match body.is_empty() {
        true => store(&app, "reports", b"{}").await,
        false => store(&app, "reports", &body).await,
    }
}

async fn sumsub(State(Shared { app, .. }): State<Shared>, body: Bytes) -> StatusCode {
    store(&app, "sumsub", &body).await
}

async fn store(app: &App, source: &str, body: &[u8]) -> StatusCode {
    let Ok(payload) = serde_json::from_slice::<Value>(body) else {
        return StatusCode::BAD_REQUEST;
    };
    match app.record_callback(source, &payload).await {
        Ok(()) => StatusCode::OK,
        Err(cause) => {
            error!(%cause, source, "store a callback");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}
