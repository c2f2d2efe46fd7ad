//! The contract as its descriptors tell it: every rpc, who may call it, and which fields name an object.

use jamsostek_client::Subject;
use prost_reflect::{
    DescriptorPool, ExtensionDescriptor, FieldDescriptor, MessageDescriptor, MethodDescriptor,
    Value as Reflected,
};
use serde_json::Value;

use super::{cast::Cast, samples::sample_of};
use crate::town::Town;

/// The descriptors and the options in them.
pub struct Contract {
    pool: DescriptorPool,
    access: ExtensionDescriptor,
    object: ExtensionDescriptor,
}

/// An rpc and what the contract says about who may call it.
pub struct Rpc {
    pub name: String,
    input: MessageDescriptor,
    object: ExtensionDescriptor,
    pub anonymous: bool,
    pub own_only: bool,
    pub subjects: Vec<Subject>,
    pub scope: String,
}

impl Contract {
    pub fn read() -> Self {
        let pool = DescriptorPool::decode(jamsostek_proto::DESCRIPTORS).expect("the contract");
        let option = |name| pool.get_extension_by_name(name).expect("an option of ours");
        Self {
            access: option("jamsostek.v1.access"),
            object: option("jamsostek.v1.object"),
            pool,
        }
    }

    pub fn rpcs(&self) -> impl Iterator<Item = Rpc> {
        let ours = self
            .pool
            .services()
            .filter(|it| it.package_name() == "jamsostek.v1");
        let methods: Vec<_> = ours
            .flat_map(|it| it.methods().collect::<Vec<_>>())
            .collect();
        assert!(
            methods.len() > 20,
            "the descriptors hold the whole contract"
        );
        methods.into_iter().map(|it| self.rpc(&it))
    }

    fn rpc(&self, method: &MethodDescriptor) -> Rpc {
        let name = format!("{}/{}", method.parent_service().full_name(), method.name());
        let options = method.options();
        assert!(
            options.has_extension(&self.access),
            "{name} declares no access"
        );
        let declared = options.get_extension(&self.access);
        let declared = declared.as_message().expect("a message");
        let says = |field: &str| {
            declared
                .get_field_by_name(field)
                .expect("a field")
                .into_owned()
        };
        let subjects = says("subjects");
        let subjects = subjects.as_list().expect("a list").iter();
        Rpc {
            input: method.input(),
            object: self.object.clone(),
            anonymous: says("anonymous") == Reflected::Bool(true),
            own_only: says("own_only") == Reflected::Bool(true),
            subjects: subjects
                .map(|it| Subject::try_from(it.as_enum_number().expect("a subject")))
                .collect::<Result<_, _>>()
                .expect("subjects of the contract"),
            scope: says("service_scope").as_str().expect("a text").to_owned(),
            name,
        }
    }
}

impl Rpc {
    /// The fields of the request that name an object.
    pub fn objects(&self) -> impl Iterator<Item = FieldDescriptor> {
        let fields: Vec<_> = self.input.fields().collect();
        fields
            .into_iter()
            .filter(|it| it.options().has_extension(&self.object))
    }

    /// What kind of object the field names.
    pub fn object(&self, field: &FieldDescriptor) -> &'static str {
        let options = field.options();
        let number = options.get_extension(&self.object).as_enum_number();
        let number = number.expect("an object");
        jamsostek_client::v1::Object::try_from(number)
            .expect("an object")
            .as_str_name()
    }

    /// A well-formed request.
    pub fn sample(&self, town: &Town) -> Value {
        sample_of(&self.input, town)
    }

    /// A well-formed request in which `field` names `object`, and every other one what the owner has.
    pub fn about(
        &self,
        town: &Town,
        cast: &Cast,
        field: &FieldDescriptor,
        object: &Value,
    ) -> Value {
        let mut body = self.sample(town);
        for other in self.objects() {
            body[other.name()] = cast.owned(self, self.object(&other));
        }
        body[field.name()] = object.clone();
        body
    }
}
