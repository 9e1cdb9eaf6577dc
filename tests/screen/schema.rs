//! The lines of `jsonui` against the schema that is published for them.

use std::collections::BTreeSet;
use std::fs;

use blinkensync::model::event::{Event, EventKind};
use blinkensync::model::ids::AccountName;
use blinkensync::model::particular::Particular;
use blinkensync::model::question::Ask;
use blinkensync::ui::json::{Json, VERSION};
use blinkensync::ui::lines::Style;
use serde_json::{Map, Value, json};

use super::lines::{LINES, shown};
use super::path;

/// The keywords that the schema uses, and that are understood here.
const KEYWORDS: [&str; 14] = [
    "$ref",
    "type",
    "const",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "oneOf",
    "minimum",
    "maximum",
    "format",
    "description",
    "title",
];

struct Schema(Value);

impl Schema {
    fn published() -> Self {
        let text = fs::read_to_string(path("../assets/jsonui.schema.json")).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    fn definition(&self, name: &str) -> &Value {
        &self.0["$defs"][name]
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(place) => self.definition(place.strip_prefix("#/$defs/").unwrap()),
            None => schema,
        }
    }

    /// Every kind of line that there is.
    fn kinds(&self) -> BTreeSet<String> {
        let place = |one: &Value| one["$ref"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        self.0["oneOf"].as_array().unwrap().iter().map(place).collect()
    }

    /// What is wrong with a line.
    fn line(&self, line: &str) -> Result<(), String> {
        let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let fitting = self.kinds().iter().filter(|kind| self.check(self.definition(kind), &value).is_ok()).count();
        let kind = value["event"].as_str().unwrap_or_default();
        match fitting {
            1 => Ok(()),
            0 => self.check(self.definition(kind), &value),
            several => Err(format!("{several} kinds fit")),
        }
    }

    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{value}: not {what} {schema}"));
        let schema = self.resolve(schema);
        let Some(rules) = schema.as_object() else { return wrong("known to") };
        assert!(rules.keys().all(|key| KEYWORDS.contains(&key.as_str())), "{rules:?}");
        let types: Vec<&str> = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        if !types.is_empty() && !types.contains(&kind_of(value)) {
            return wrong("of the type of");
        }
        if rules.get("const").is_some_and(|only| only != value)
            || schema["enum"].as_array().is_some_and(|all| !all.contains(value))
        {
            return wrong("a value of");
        }
        let (least, most, number) = (schema["minimum"].as_i64(), schema["maximum"].as_i64(), value.as_i64());
        if number
            .is_some_and(|number| least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most))
        {
            return wrong("in the range of");
        }
        if schema["format"] == "date-time"
            && value.as_str().is_none_or(|text| text.parse::<chrono::DateTime<chrono::Utc>>().is_err())
        {
            return wrong("a time of");
        }
        if let (Some(items), Some(values)) = (rules.get("items"), value.as_array()) {
            values.iter().try_for_each(|value| self.check(items, value))?;
        }
        match (rules.get("properties").and_then(Value::as_object), value.as_object()) {
            (Some(properties), Some(fields)) => self.fields(schema, properties, fields),
            _ => Ok(()),
        }
    }

    fn fields(
        &self,
        schema: &Value,
        properties: &Map<String, Value>,
        fields: &Map<String, Value>,
    ) -> Result<(), String> {
        for name in schema["required"].as_array().unwrap().iter().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Err(format!("{name} is missing in {fields:?}"));
            }
        }
        for (name, value) in fields {
            let property = properties.get(name).ok_or_else(|| format!("{name} is too much in {fields:?}"))?;
            self.check(property, value)?;
        }
        Ok(())
    }

    /// Something that fits, as full as can be.
    fn example(&self, schema: &Value) -> Value {
        let schema = self.resolve(schema);
        if let Some(value) = schema.get("const").or_else(|| schema["enum"].get(0)) {
            return value.clone();
        }
        let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap();
        match kind {
            "string" if schema["format"] == "date-time" => json!("2026-03-01T14:03:20Z"),
            "string" => json!("x"),
            "integer" => json!(1),
            "boolean" => json!(true),
            "array" => json!([self.example(&schema["items"])]),
            _ => {
                let properties = schema["properties"].as_object().unwrap();
                properties.iter().map(|(name, property)| (name.clone(), self.example(property))).collect()
            }
        }
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The variants of a type, as its own error message lists them.
fn variants(error: &serde_json::Error) -> BTreeSet<String> {
    let text = error.to_string();
    let listed = text.split_once("expected one of ").unwrap().1;
    listed.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn written(kind: &EventKind) -> String {
    let mut ui = Json::new(Vec::new());
    let event: Event =
        serde_json::from_value(json!({ "at": "2026-03-01T14:03:20.5Z", "lamp": 1001, "kind": kind })).unwrap();
    ui.show(&event).unwrap();
    String::from_utf8(ui.into_inner()).unwrap().lines().nth(1).unwrap().to_owned()
}

#[test]
fn every_line_of_every_scene_is_as_the_schema_says() {
    let schema = Schema::published();
    for name in LINES {
        let text = shown(Json::new(Vec::new()), name, Json::into_inner);
        let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert!(first["event"] == "jsonui" && first["version"] == VERSION, "{first}");
        for line in text.lines() {
            assert_eq!(schema.line(line), Ok(()), "{line}");
            assert!(!line.contains(char::is_control), "{line}");
        }
    }
}

#[test]
fn the_schema_knows_every_event_and_no_other() {
    let events = variants(&serde_json::from_str::<EventKind>("{\"event\":\"?\"}").unwrap_err());
    let particulars = variants(&serde_json::from_str::<Particular>("{\"what\":\"?\"}").unwrap_err());
    let mut all: BTreeSet<String> = events.union(&particulars).cloned().collect();
    assert!(all.remove("particular") && all.contains("started") && all.contains("copying"));
    all.extend(["jsonui", "question"].map(str::to_owned));
    assert_eq!(Schema::published().kinds(), all);
}

#[test]
fn the_schema_knows_every_field_of_every_event() {
    let schema = Schema::published();
    for kind in schema.kinds().into_iter().filter(|kind| kind != "jsonui" && kind != "question") {
        let mut example = schema.example(schema.definition(&kind));
        for common in ["at", "thread", "level", "sentence"] {
            example.as_object_mut().unwrap().remove(common).unwrap();
        }
        let parsed = serde_json::from_value(example.clone()).or_else(|_| {
            let mut particular = example.clone();
            particular["what"] = kind.clone().into();
            particular["event"] = "particular".into();
            serde_json::from_value(particular)
        });
        let line = written(&parsed.unwrap_or_else(|error| panic!("{kind}: {error}: {example}")));
        assert_eq!(schema.line(&line), Ok(()), "{line}");
        let again: Value = serde_json::from_str(&line).unwrap();
        assert!(example.as_object().unwrap().iter().all(|(name, value)| again[name] == *value), "{example} {again}");
    }
}

#[test]
fn questions_are_as_the_schema_says() {
    let schema = Schema::published();
    let (account, folder, host) = (AccountName::new("ho\u{9b}me"), "Old\n", "imap.example");
    let consequence = || "Much would be deleted.".to_owned();
    let removal = |by_name| Ask::Removal {
        account: account.clone(),
        folder: folder.into(),
        host: host.into(),
        consequence: consequence(),
        by_name,
    };
    let password = |refusal: Option<&str>| Ask::Password {
        account: account.clone(),
        user: "anna".into(),
        host: host.into(),
        refusal: refusal.map(Into::into),
    };
    let agreement = Ask::Agreement { account: account.clone(), folder: folder.into(), consequence: consequence() };
    let mut ui = Json::new(Vec::new());
    for ask in [password(None), password(Some("No.")), agreement, removal(false), removal(true)] {
        assert!(ui.pose(&ask).unwrap().is_some());
    }
    let text = String::from_utf8(ui.into_inner()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 6);
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(schema.line(line), Ok(()), "{line}");
        let value: Value = serde_json::from_str(line).unwrap();
        assert!(at == 0 || value["id"] == at && value["hidden"] == (at < 3), "{line}");
    }
}

#[test]
fn what_is_not_as_the_schema_says_is_noticed() {
    let schema = Schema::published();
    for line in [
        r#"{"event":"resumed","at":"2026-03-01T14:03:20Z","thread":0}"#,
        r#"{"event":"resumed","at":"2026-03-01T14:03:20Z","thread":0,"account":"a","more":1}"#,
        r#"{"event":"resumed","at":"yesterday","thread":0,"account":"a"}"#,
        r#"{"event":"resumed","at":"2026-03-01T14:03:20Z","thread":-1,"account":"a"}"#,
        r#"{"event":"resumed","at":"2026-03-01T14:03:20Z","thread":0,"account":null}"#,
        r#"{"event":"lit","at":"2026-03-01T14:03:20Z","thread":0,"light":"mauve"}"#,
        r#"{"event":"unheard"}"#,
    ] {
        assert!(schema.line(line).is_err(), "{line}");
    }
}

#[test]
fn the_examples_that_are_published_are_as_the_schema_says() {
    let schema = Schema::published();
    let text = fs::read_to_string(path("../assets/jsonui.md")).unwrap();
    let examples = text.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| line.contains("\"event\""));
    assert_eq!(examples.map(|line| schema.line(line).unwrap_or_else(|wrong| panic!("{line}: {wrong}"))).count(), 3);
}
