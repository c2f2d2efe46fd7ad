use serde_json::json;

use super::*;

fn asked(mother_name: Option<&str>) -> Elements {
    Elements {
        nik: "3174012505900001".to_owned(),
        full_name: "BUDI SANTOSO".to_owned(),
        birth_date: "25-05-1990".to_owned(),
        mother_name: mother_name.map(str::to_owned),
    }
}

fn hears(content: &Value) -> Result<Verdict, Silence> {
    hears_about(content, None)
}

fn hears_about(content: &Value, mother_name: Option<&str>) -> Result<Verdict, Silence> {
    let body = json!({ "content": [content], "quotaLimiter": 1523 }).to_string();
    read(body.as_bytes(), &asked(mother_name), 90)?.outcome
}

#[test]
fn names_agree_from_the_threshold_on_and_dates_only_wholly() {
    let cases = [
        ("Sesuai (100)", "Sesuai", Ok(Verdict::Matched)),
        ("Sesuai", "Sesuai (100)", Ok(Verdict::Matched)),
        (" SESUAI(90) ", "sesuai", Ok(Verdict::Matched)),
        ("Sesuai (89)", "Sesuai", Ok(Verdict::Mismatched(vec![NAME]))),
        (
            "Tidak Sesuai",
            "Sesuai",
            Ok(Verdict::Mismatched(vec![NAME])),
        ),
        (
            "Sesuai (95)",
            "Tidak Sesuai (0)",
            Ok(Verdict::Mismatched(vec![BIRTH_DATE])),
        ),
        (
            "Tidak Sesuai (0)",
            "Tidak Sesuai",
            Ok(Verdict::Mismatched(vec![NAME, BIRTH_DATE])),
        ),
        ("Sesuai (100)", "Sesuai (98)", Err(Silence::UnknownWord)),
    ];
    for (name, birth_date, heard) in cases {
        let content = json!({ "NAMA_LGKP": name, "TGL_LHR": birth_date });
        assert_eq!(hears(&content), heard, "{content}");
    }
}

#[test]
fn each_code_has_its_verdict_as_text_or_number_and_under_either_name() {
    let codes = [
        ("11", Verdict::Deceased),
        ("12", Verdict::Duplicate),
        ("13", Verdict::NotFound),
        ("14", Verdict::Inactive),
        ("15", Verdict::WrongFormat),
    ];
    for (code, verdict) in codes {
        let number: i64 = code.parse().expect("a number");
        let text = "Data Ditemukan";
        for content in [
            json!({ "RESPONSE_CODE": code, "RESPONSE": text }),
            json!({ "RESPONSE_CODE": number, "RESPON": text }),
            json!({ "RESPON": code }),
        ] {
            assert_eq!(hears(&content), Ok(verdict.clone()), "{content}");
        }
    }
}

#[test]
fn what_is_not_understood_is_silence() {
    let words = [
        json!({ "RESPONSE_CODE": "08", "RESPONSE": "?" }),
        json!({ "RESPONSE_CODE": "99" }),
        json!({ "RESPONSE_CODE": null }),
        json!({ "RESPON": "Kuota habis" }),
        json!({}),
        // Nothing agrees by being left out.
        json!({ "NAMA_LGKP": "Sesuai (100)" }),
        json!({ "TGL_LHR": "Sesuai" }),
        json!({ "NAMA_LGKP": "Sesuai (101)", "TGL_LHR": "Sesuai" }),
        json!({ "NAMA_LGKP": "Sesuai (-1)", "TGL_LHR": "Sesuai" }),
        json!({ "NAMA_LGKP": "Sesuai (95", "TGL_LHR": "Sesuai" }),
        json!({ "NAMA_LGKP": "Sesuai (95) x", "TGL_LHR": "Sesuai" }),
        json!({ "NAMA_LGKP": "Mungkin", "TGL_LHR": "Sesuai" }),
        json!({ "NAMA_LGKP": true, "TGL_LHR": "Sesuai" }),
        json!({ "NIK": "3174012505900002", "NAMA_LGKP": "Sesuai", "TGL_LHR": "Sesuai" }),
    ];
    for content in words {
        assert_eq!(hears(&content), Err(Silence::UnknownWord), "{content}");
    }
    for body in [
        "",
        "<html>",
        "{}",
        "[]",
        "{\"content\":{}}",
        "{\"content\":[]}",
        "{\"content\":[{\"NAMA",
    ] {
        assert_eq!(
            read(body.as_bytes(), &asked(None), 90),
            Err(Silence::Garbled),
            "{body}"
        );
    }
}

#[test]
fn the_mother_counts_only_where_she_was_told() {
    let disagrees =
        json!({ "NAMA_LGKP": "Sesuai", "TGL_LHR": "Sesuai", "NAMA_LGKP_IBU": "Tidak Sesuai (20)" });
    let silent = json!({ "NAMA_LGKP": "Sesuai", "TGL_LHR": "Sesuai" });
    assert_eq!(hears(&disagrees), Ok(Verdict::Matched));
    let mismatch = Ok(Verdict::Mismatched(vec![MOTHER]));
    assert_eq!(hears_about(&disagrees, Some("SRI")), mismatch);
    assert_eq!(hears_about(&silent, Some("SRI")), Err(Silence::UnknownWord));
}

#[test]
fn a_nik_is_repeated_confirmed_or_not_his() {
    for (nik, verdict) in [
        ("3174012505900001", Verdict::Matched),
        ("Sesuai", Verdict::Matched),
        ("Tidak Sesuai", Verdict::Mismatched(vec![NIK])),
    ] {
        let content = json!({ "RESPONSE_CODE": "00", "NIK": nik, "NAMA_LGKP": "Sesuai", "TGL_LHR": "Sesuai" });
        assert_eq!(hears(&content), Ok(verdict), "{content}");
    }
}

#[test]
fn what_is_left_of_the_quota_is_told_with_any_answer() {
    for (quota, left) in [
        (json!(7), Some(7)),
        (json!("7"), Some(7)),
        (json!("much"), None),
    ] {
        let body =
            json!({ "content": [{ "RESPONSE_CODE": "99" }], "quotaLimiter": quota }).to_string();
        let said = read(body.as_bytes(), &asked(None), 90).expect("the protocol");
        assert_eq!(
            (said.outcome, said.quota_left),
            (Err(Silence::UnknownWord), left)
        );
    }
}
