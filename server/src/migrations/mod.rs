//! The schema, one step a file, in one dialect for both engines.

mod m0001_bpu_road;
mod m0002_first_claim;
mod m0003_employers;
mod m0004_employer_bills;
mod m0005_register;
mod m0006_carriers;
mod m0008_pmi;
mod m0009_joining;
mod m0010_profile;
mod m0011_further;
mod m0012_reminders;
mod m0013_checked_prices;
mod m0014_submissions;
mod shape;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_bpu_road::Migration),
            Box::new(m0002_first_claim::Migration),
            Box::new(m0003_employers::Migration),
            Box::new(m0004_employer_bills::Migration),
            Box::new(m0005_register::Migration),
            Box::new(m0006_carriers::Migration),
            Box::new(m0008_pmi::Migration),
            Box::new(m0009_joining::Migration),
            Box::new(m0010_profile::Migration),
            Box::new(m0011_further::Migration),
            Box::new(m0012_reminders::Migration),
            Box::new(m0013_checked_prices::Migration),
            Box::new(m0014_submissions::Migration),
        ]
    }
}
