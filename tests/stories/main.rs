//! The service as its users live it: every story goes through the client, over a socket, on either engine.

mod balance;
mod contract;
mod cookbook;
mod house;
mod otp;
mod payment;
mod policy;
mod raw;
mod registration;
mod session;
mod store;
mod town;
