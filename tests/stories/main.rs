//! The service as its users live it: every story goes through the client, over a socket, on either engine.

mod access;
mod balance;
mod bill;
mod contract;
mod cookbook;
mod cover;
mod fresh_store;
mod house;
mod identity;
mod jamsostekd;
mod joining;
mod next_step;
mod otp;
mod otp_delivery;
mod payment;
mod person;
mod policy;
mod price;
mod process;
mod raw;
mod registration;
mod session;
mod store;
mod suspense;
mod town;
mod work;
