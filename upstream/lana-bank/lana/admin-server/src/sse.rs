//! Subscriptions as server-sent events, each with one GraphQL response.

use std::convert::Infallible;

use async_graphql::Request;
use axum::Json;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt, stream};
use jwks_utils::Claims;

use crate::Shared;

/// Stream the results of a subscription until the client leaves or the server stops.
pub async fn stream(
    State(Shared { app, schema, .. }): State<Shared>,
    claims: Claims,
    Json(request): Json<Request>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let results = schema.execute_stream(request.data(claims)).map(|response| {
        let data = serde_json::to_string(&response).expect("a response is JSON");
        Event::default().event("next").data(data)
    });
    let complete = stream::iter([Event::default().event("complete").data("")]);
    let events = results
        .take_until(async move { app.stopped().await })
        .chain(complete);
    Sse::new(events.map(Ok)).keep_alive(KeepAlive::default())
}
