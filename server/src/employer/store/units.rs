use std::collections::HashMap;

use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, QueryOrder, QuerySelect,
    entity::prelude::*,
    sea_query::{LockType, OnConflict},
};
use uuid::Uuid;

use super::{
    super::{Npp, Place, Unit, rules},
    employers::{self, contact_of, scale},
};
use crate::{db, identity::Contact, scheme::RiskClass, seal::Seal};

mod unit {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "employer_unit")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub employer_id: Uuid,
        pub npp: String,
        pub name: String,
        pub risk_class: String,
        /// What prices the work there, whatever was stated since; none where no officer has checked it yet.
        pub checked_risk_class: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// How many units a search finds at most.
const FOUND_MAX: u64 = 10;

/// A unit that was found.
pub(crate) struct Found {
    pub npp: String,
    pub employer_name: String,
    pub unit_name: String,
    pub city: String,
}

/// Keeps `units`: new ones are added, others get their name and risk class. Whether all are this employer's: another may have taken a
/// number at the same moment.
pub(in super::super) async fn keep_units(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    units: &[Unit],
) -> Result<bool, db::Error> {
    if units.is_empty() {
        return Ok(true);
    }
    let rows = units.iter().map(|it| unit::ActiveModel {
        id: Set(Uuid::now_v7()),
        employer_id: Set(employer),
        npp: Set(it.npp.text().to_owned()),
        name: Set(it.name.clone()),
        risk_class: Set(it.risk_class.code().to_owned()),
        checked_risk_class: Set(None),
    });
    let own = unit::Column::EmployerId.eq(employer);
    let again = OnConflict::column(unit::Column::Npp)
        .update_columns([unit::Column::Name, unit::Column::RiskClass])
        .action_and_where(own)
        .to_owned();
    let kept = unit::Entity::insert_many(rows)
        .on_conflict(again)
        .exec_without_returning(connection)
        .await?;
    Ok(usize::try_from(kept) == Ok(units.len()))
}

/// Those of the numbers that units of other employers have.
pub(in super::super) async fn npps_of_others(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    units: &[Unit],
) -> Result<Vec<String>, db::Error> {
    Ok(unit::Entity::find()
        .select_only()
        .column(unit::Column::Npp)
        .filter(unit::Column::Npp.is_in(units.iter().map(|it| it.npp.text())))
        .filter(unit::Column::EmployerId.ne(employer))
        .order_by_asc(unit::Column::Npp)
        .into_tuple()
        .all(connection)
        .await?)
}

fn risk_class(code: &str) -> Result<RiskClass, db::Error> {
    RiskClass::from_code(code).ok_or(db::Error::Unknown("employer_unit.risk_class"))
}

/// Keeps that the risk classes of `units`, as they are stated now, price the work there.
pub(super) async fn put_in_force(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    units: &[Unit],
) -> Result<(), db::Error> {
    if units.is_empty() {
        return Ok(());
    }
    unit::Entity::update_many()
        .col_expr(
            unit::Column::CheckedRiskClass,
            Expr::col(unit::Column::RiskClass),
        )
        .filter(unit::Column::EmployerId.eq(employer))
        .filter(unit::Column::Npp.is_in(units.iter().map(|it| it.npp.text())))
        .exec(connection)
        .await?;
    Ok(())
}

/// The units of an employer with the risk class that was checked last, in the order of their numbers.
pub(super) async fn units_of(
    connection: &impl ConnectionTrait,
    employer: Uuid,
) -> Result<Vec<(Unit, Option<RiskClass>)>, db::Error> {
    let rows = unit::Entity::find()
        .filter(unit::Column::EmployerId.eq(employer))
        .order_by_asc(unit::Column::Npp)
        .all(connection)
        .await?;
    rows.into_iter()
        .map(|it| {
            let checked = it.checked_risk_class.as_deref().map(risk_class);
            let unit = Unit {
                npp: Npp::parse(&it.npp).map_err(|_| db::Error::Unknown("employer_unit.npp"))?,
                risk_class: risk_class(&it.risk_class)?,
                name: it.name,
            };
            Ok((unit, checked.transpose()?))
        })
        .collect()
}

/// Units of employers whose name begins with `name`, in `city` where one is named.
pub(in super::super) async fn search(
    connection: &impl ConnectionTrait,
    name: &str,
    city: &str,
) -> Result<Vec<Found>, db::Error> {
    let sql = format!(
        "SELECT u.npp, e.name AS employer_name, u.name AS unit_name, e.city FROM employer e \
         JOIN employer_unit u ON u.employer_id = e.id \
         WHERE e.name_start = $1 AND SUBSTR(e.name_key, 1, {}) = $2 AND ($3 = '' OR e.city_key = $3) \
         ORDER BY u.npp LIMIT {FOUND_MAX}",
        name.chars().count()
    );
    let values = [rules::start_of(name).into(), name.into(), city.into()];
    let rows = connection
        .query_all_raw(db::statement(connection, &sql, values))
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Found {
                npp: row.try_get("", "npp")?,
                employer_name: row.try_get("", "employer_name")?,
                unit_name: row.try_get("", "unit_name")?,
                city: row.try_get("", "city")?,
            })
        })
        .collect()
}

async fn one_place(
    connection: &impl ConnectionTrait,
    (fits, value): (&str, sea_orm::Value),
    is_held: bool,
) -> Result<Option<Place>, db::Error> {
    let lock = match (is_held, connection.get_database_backend()) {
        (true, sea_orm::DatabaseBackend::Postgres) => "FOR SHARE OF e",
        // One writer at a time needs no more.
        _ => "",
    };
    let sql = format!(
        "SELECT u.id, u.employer_id, u.npp, COALESCE(u.checked_risk_class, u.risk_class) AS risk_class, \
         COALESCE(e.checked_scale, e.scale) AS scale, e.checked_labour_intensive \
         FROM employer_unit u JOIN employer e ON e.id = u.employer_id WHERE {fits} {lock}"
    );
    let row = connection
        .query_one_raw(db::statement(connection, &sql, [value]))
        .await?;
    row.map(|row| {
        let (class, size): (String, String) =
            (row.try_get("", "risk_class")?, row.try_get("", "scale")?);
        let labour_intensive: Option<bool> = row.try_get("", "checked_labour_intensive")?;
        Ok(Place {
            id: row.try_get("", "id")?,
            employer: row.try_get("", "employer_id")?,
            npp: row.try_get("", "npp")?,
            risk_class: risk_class(&class)?,
            scale: scale(&size)?,
            labour_intensive: labour_intensive == Some(true),
        })
    })
    .transpose()
}

pub(crate) async fn place(
    connection: &impl ConnectionTrait,
    unit: Uuid,
) -> Result<Option<Place>, db::Error> {
    one_place(connection, ("u.id = $1", unit.into()), false).await
}

/// A unit whose employer nobody changes until the transaction ends.
pub(in super::super) async fn place_unchanged(
    connection: &impl ConnectionTrait,
    unit: Uuid,
) -> Result<Option<Place>, db::Error> {
    one_place(connection, ("u.id = $1", unit.into()), true).await
}

/// The unit with this number, as what is decided there needs it.
pub(crate) async fn unit_of(
    connection: &impl ConnectionTrait,
    npp: &Npp,
) -> Result<Option<Place>, db::Error> {
    one_place(connection, ("u.npp = $1", npp.text().into()), false).await
}

/// Holds a unit until the transaction ends, so that its money moves one by one; whether there is such a unit.
pub(crate) async fn hold_unit(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<bool, db::Error> {
    let row = unit::Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(connection)
        .await?;
    Ok(row.is_some())
}

/// The numbers of `units`.
pub(in super::super) async fn npps_of(
    connection: &impl ConnectionTrait,
    units: &[Uuid],
) -> Result<Vec<(Uuid, String)>, db::Error> {
    Ok(unit::Entity::find()
        .select_only()
        .columns([unit::Column::Id, unit::Column::Npp])
        .filter(unit::Column::Id.is_in(units.iter().copied()))
        .into_tuple()
        .all(connection)
        .await?)
}

/// Where whoever looks after each of `units` is reached.
pub(in super::super) async fn contacts_of_units(
    connection: &impl ConnectionTrait,
    seal: &Seal,
    units: &[Uuid],
) -> Result<HashMap<Uuid, Contact>, db::Error> {
    let units = unit::Entity::find()
        .filter(unit::Column::Id.is_in(units.iter().copied()))
        .all(connection)
        .await?;
    let rows = employers::Entity::find()
        .filter(employers::Column::Id.is_in(units.iter().map(|it| it.employer_id)))
        .all(connection)
        .await?;
    let contacts = rows.iter().map(|it| Ok((it.id, contact_of(seal, it)?)));
    let contacts: HashMap<_, _> = contacts.collect::<Result<_, db::Error>>()?;
    let found = units.iter().map(|it| {
        let contact = contacts.get(&it.employer_id).cloned();
        contact.map(|contact| (it.id, contact))
    });
    Ok(found.flatten().collect())
}

/// The units of an employer, or the one with this number if it is his.
pub(in super::super) async fn units_among(
    connection: &impl ConnectionTrait,
    employer: Uuid,
    npp: Option<&Npp>,
) -> Result<Vec<Uuid>, db::Error> {
    let mut query = unit::Entity::find()
        .select_only()
        .column(unit::Column::Id)
        .filter(unit::Column::EmployerId.eq(employer));
    if let Some(npp) = npp {
        query = query.filter(unit::Column::Npp.eq(npp.text()));
    }
    Ok(query.into_tuple().all(connection).await?)
}
