//! Lists as streams.

use std::{future::Future, vec};

use futures_util::stream::{Stream, StreamExt, try_unfold};
use tonic::Streaming;

use crate::Error;

/// Every message of a server's stream, read by `read`.
pub(crate) fn messages<M, T>(
    answers: Streaming<M>,
    read: impl Fn(M) -> Result<T, Error> + Send + Unpin + 'static,
) -> impl Stream<Item = Result<T, Error>> + Send + Unpin + 'static
where
    M: Send + 'static,
{
    answers.map(move |it| it.map_err(Error::from).and_then(&read))
}

/// Every item of a list, one page after the other, the next one fetched when the one before is used up.
///
/// `page` answers the items behind a page token, and the token of the page after. After an error the stream ends.
pub(crate) fn items<T, F, Fut>(
    page: F,
) -> impl Stream<Item = Result<T, Error>> + Send + Unpin + 'static
where
    T: Send + 'static,
    F: Fn(String) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<(Vec<T>, String), Error>> + Send,
{
    let start: (vec::IntoIter<T>, _) = (Vec::new().into_iter(), Some(String::new()));
    Box::pin(try_unfold(start, move |(mut ready, mut next)| {
        let page = page.clone();
        async move {
            loop {
                if let Some(item) = ready.next() {
                    return Ok(Some((item, (ready, next))));
                }
                let Some(token) = next.take() else {
                    return Ok(None);
                };
                let (items, following) = page(token).await?;
                ready = items.into_iter();
                next = Some(following).filter(|it| !it.is_empty());
            }
        }
    }))
}
