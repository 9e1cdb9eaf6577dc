//! What goes to the user's code, and what comes from it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

/// A value of Python, as far as we understand it. Its Debug shows the type only, since it may be a password.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Another number.
    Float(f64),
    /// Text.
    Text(String),
    /// Text that stands for bytes which are not UTF-8, as Python has it from file names and the environment.
    Odd(Vec<u8>),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list, a tuple, a set, or what a generator yields.
    List(Vec<Value>),
    /// A dict whose keys are text.
    Map(Vec<(String, Value)>),
    /// Anything else: the name of its type. It can't be sent back; the user's code would see an empty dict.
    Other(String),
}

/// What the user's code gave is of the wrong type: a sentence for a person, without the value.
pub type Mismatch = String;

impl Value {
    /// Text; bytes are read as UTF-8, as OfflineIMAP does.
    pub fn text(self) -> Result<String, Mismatch> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Bytes(bytes) => {
                String::from_utf8(bytes).map_err(|_| "it must give text, but gave bytes that are not UTF-8".to_owned())
            }
            other => Err(format!("it must give text (a str), but gave {}", other.kind())),
        }
    }

    /// Text, or nothing where it is `None`.
    pub fn optional_text(self) -> Result<Option<String>, Mismatch> {
        if self == Self::None { Ok(None) } else { self.text().map(Some) }
    }

    /// A list of texts. A single text is none: Python would take it for a list of its letters.
    pub fn texts(self) -> Result<Vec<String>, Mismatch> {
        let Self::List(items) = self else {
            return Err(format!("it must give a list of names, such as ['INBOX', 'Sent'], but gave {}", self.kind()));
        };
        let text = |(at, item): (usize, Self)| {
            item.text().map_err(|mismatch| format!("its list has a wrong item, number {}: {mismatch}", at + 1))
        };
        items.into_iter().enumerate().map(text).collect()
    }

    /// A whole number; text that consists of digits is one too, as servers' ports are often written.
    pub fn number(self) -> Result<i64, Mismatch> {
        let wrong = format!("it must give a whole number, but gave {}", self.kind());
        match self {
            Self::Int(number) => Ok(number),
            Self::Text(text) => text.trim().parse().map_err(|_| wrong),
            _ => Err(wrong),
        }
    }

    /// A list of whole numbers; `None` stands for an empty one.
    pub fn numbers(self) -> Result<Vec<i64>, Mismatch> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::List(items) => items.into_iter().map(Self::number).collect(),
            other => Err(format!("it must give a list of numbers or None, but gave {}", other.kind())),
        }
    }

    /// The type, as a message names it.
    pub fn kind(&self) -> String {
        let name = match self {
            Self::None => return "None".to_owned(),
            Self::Odd(_) => return "text that is not Unicode".to_owned(),
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Map(_) => "dict",
            Self::Other(name) => name,
        };
        format!("a value of type {name}")
    }

    /// As it is written to the co-process.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::None => Json::Null,
            Self::Bool(value) => json!(value),
            Self::Int(value) => json!(value),
            Self::Float(value) => json!(value),
            Self::Text(text) => json!(text),
            Self::Odd(bytes) => json!({ "odd": STANDARD.encode(bytes) }),
            Self::Bytes(bytes) => json!({ "bytes": STANDARD.encode(bytes) }),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(pairs) => {
                let pairs: Vec<Json> = pairs.iter().map(|(key, value)| json!([key, value.to_json()])).collect();
                json!({ "map": pairs })
            }
            Self::Other(_) => json!({ "map": [] }),
        }
    }

    /// As the co-process wrote it; `None` when it makes no sense.
    pub(super) fn from_json(json: Json) -> Option<Self> {
        Some(match json {
            Json::Null => Self::None,
            Json::Bool(value) => Self::Bool(value),
            Json::Number(number) => match number.as_i64() {
                Some(whole) => Self::Int(whole),
                None => Self::Float(number.as_f64()?),
            },
            Json::String(text) => Self::Text(text),
            Json::Array(items) => Self::List(items.into_iter().map(Self::from_json).collect::<Option<_>>()?),
            Json::Object(mut fields) => {
                let (name, value) = fields.iter_mut().next().map(|(name, value)| (name.clone(), value.take()))?;
                Self::from_tagged(&name, value)?
            }
        })
    }

    fn from_tagged(name: &str, value: Json) -> Option<Self> {
        let pair = |pair: Json| match pair {
            Json::Array(mut pair) if pair.len() == 2 => {
                let value = Self::from_json(pair.pop()?)?;
                Some((Self::from_json(pair.pop()?)?.text().ok()?, value))
            }
            _ => None,
        };
        Some(match (name, value) {
            ("map", Json::Array(pairs)) => Self::Map(pairs.into_iter().map(pair).collect::<Option<_>>()?),
            ("odd", Json::String(text)) => Self::Odd(STANDARD.decode(text).ok()?),
            ("bytes", Json::String(text)) => Self::Bytes(STANDARD.decode(text).ok()?),
            ("other", Json::String(name)) => Self::Other(name),
            _ => return None,
        })
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn debug_shows_no_password() {
        assert_eq!(format!("{:?}", Value::from("hunter2")), "a value of type str");
        assert_eq!(format!("{:?}", [Value::None, Value::Odd(vec![0xff])]), "[None, text that is not Unicode]");
    }

    #[test]
    fn what_makes_no_sense_is_no_value() {
        for text in ["{}", r#"{"odd":1}"#, r#"{"odd":"?"}"#, r#"{"map":[[1,2]]}"#, r#"{"map":[["a"]]}"#, r#"[{"x":1}]"#]
        {
            assert_eq!(Value::from_json(serde_json::from_str(text).unwrap()), None, "{text}");
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::None),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<i32>().prop_map(|number| Value::Float(f64::from(number) / 8.0)),
            ".{0,9}".prop_map(Value::Text),
            any::<Vec<u8>>().prop_map(Value::Bytes),
            any::<Vec<u8>>().prop_map(Value::Odd),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                prop::collection::vec((".{0,5}", inner), 0..4).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_value_that_is_sent_arrives_as_it_is(value in any_value()) {
            let text = value.to_json().to_string();
            prop_assert_eq!(Value::from_json(serde_json::from_str(&text).unwrap()), Some(value));
        }
    }
}
