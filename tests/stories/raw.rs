//! Calls an rpc by its name with JSON, as somebody who has only read the contract does.

use jamsostek_client::Client;
use prost::Message;
use prost::bytes::{Buf, BufMut};
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use serde_json::Value;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

/// Calls `rpc`, such as `jamsostek.v1.OtpService/VerifyOtp`, with a JSON body and, perhaps, an access token.
pub async fn call(
    client: &Client,
    rpc: &str,
    token: Option<&str>,
    body: &Value,
) -> Result<Value, Status> {
    let pool = DescriptorPool::decode(jamsostek_proto::DESCRIPTORS).expect("the contract");
    let (service, method) = rpc.split_once('/').expect("a service and a method");
    let service = pool.get_service_by_name(service).expect("a service");
    let method = service
        .methods()
        .find(|it| it.name() == method)
        .expect("a method");
    let message = DynamicMessage::deserialize(method.input(), body).expect("a body of this rpc");
    let mut request = Request::new(message.encode_to_vec());
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().expect("a token");
        request.metadata_mut().insert("authorization", value);
    }
    let mut grpc = Grpc::new(client.channel());
    grpc.ready().await.expect("a connection");
    let path = format!("/{rpc}").parse().expect("a path");
    let answer = grpc.unary(request, path, Bytes).await?;
    let answer = answer.into_inner();
    let answer =
        DynamicMessage::decode(method.output(), answer.as_slice()).expect("an answer of this rpc");
    let options = SerializeOptions::new().use_proto_field_name(true);
    let json = answer.serialize_with_options(serde_json::value::Serializer, &options);
    Ok(json.expect("an answer is JSON"))
}

/// Messages as they are on the wire.
#[derive(Clone, Copy)]
struct Bytes;

impl Codec for Bytes {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Bytes {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut item = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut item);
        Ok(Some(item))
    }
}
