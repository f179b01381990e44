use super::*;
use proptest::prelude::*;

fn local(written: &str, order: Option<DateOrder>) -> Result<String, Doubt> {
    read(&Cell::Text(written.to_owned()), order, false).map(|t| t.local.to_string())
}

#[test]
fn every_form_in_every_language() {
    for (written, expected) in [
        ("2026-09-05", "2026-09-05T00:00:00"),
        ("2026-09-05T14:20:31", "2026-09-05T14:20:31"),
        ("2026-09-05 14:20:31.250", "2026-09-05T14:20:31"),
        ("2026/9/5 2:20 PM", "2026-09-05T14:20:00"),
        ("２０２６．９．５", "2026-09-05T00:00:00"),
        ("20260905", "2026-09-05T00:00:00"),
        ("202609051420", "2026-09-05T14:20:00"),
        ("2026年9月5日 14时20分", "2026-09-05T14:20:00"),
        ("2026年09月05日下午2:20", "2026-09-05T14:20:00"),
        ("令和8年9月5日(土) 午後2時20分", "2026-09-05T14:20:00"),
        ("2026년 9월 5일 오후 2시 20분", "2026-09-05T14:20:00"),
        ("5 ก.ย. 2569 14:20 น.", "2026-09-05T14:20:00"),
        ("๕ กันยายน ๒๕๖๙", "2026-09-05T00:00:00"),
        ("25/09/2569 14:20", "2026-09-25T14:20:00"),
        ("25/09/2026 14h20", "2026-09-25T14:20:00"),
        ("ngày 5 tháng 9 năm 2026", "2026-09-05T00:00:00"),
        ("05-Sep-2026", "2026-09-05T00:00:00"),
        ("Sat, 5 September 2026 14:20", "2026-09-05T14:20:00"),
        ("Sep 5, 2026", "2026-09-05T00:00:00"),
        ("5 Ogos 2026", "2026-08-05T00:00:00"),
        ("17 Agustus 2026 14.20 WIB", "2026-08-17T14:20:00"),
        ("25.09.2026 14.20", "2026-09-25T14:20:00"),
        ("09/25/2026", "2026-09-25T00:00:00"),
        ("09/09/2026", "2026-09-09T00:00:00"),
        ("2026-09-05 24:00", "2026-09-06T00:00:00"),
        ("14:20 25/09/2026", "2026-09-25T14:20:00"),
    ] {
        assert_eq!(local(written, None).as_deref(), Ok(expected), "{written}");
    }
}

#[test]
fn what_can_be_read_twice_is_not_read_without_a_word() {
    for (written, dmy, mdy) in [
        ("05/09/2026", "2026-09-05T00:00:00", "2026-05-09T00:00:00"),
        ("5.9.26 08:00", "2026-09-05T08:00:00", "2026-05-09T08:00:00"),
        ("5-9-2569", "2026-09-05T00:00:00", "2026-05-09T00:00:00"),
    ] {
        assert_eq!(local(written, None), Err(Doubt::Order), "{written}");
        assert_eq!(local(written, Some(DateOrder::Dmy)).as_deref(), Ok(dmy));
        assert_eq!(local(written, Some(DateOrder::Mdy)).as_deref(), Ok(mdy));
    }
    assert_eq!(local("05-Sep-26", None), Err(Doubt::Order));
    assert_eq!(local("05-Sep-26", Some(DateOrder::Dmy)).as_deref(), Ok("2026-09-05T00:00:00"));
    assert_eq!(local("26/09/05", Some(DateOrder::Ymd)).as_deref(), Ok("2026-09-05T00:00:00"));
    assert_eq!(local("25/09/2026", Some(DateOrder::Mdy)), Err(Doubt::Unreadable));
    assert_eq!(shown_order("25/09/2026 14:20"), Some(DateOrder::Dmy));
    assert_eq!((shown_order("05/09/2026"), shown_order("2026-09-25")), (None, None));
}

#[test]
fn what_is_no_date_is_none() {
    for written in [
        "",
        "TBA",
        "chưa có",
        "2026",
        "31/02/2026",
        "2026-09-05 25:00",
        "2026-09-05 14:20 xyz",
        "1234567890123456",
        "99/99/9999",
        "2026-13-05",
        "--",
    ] {
        assert!(local(written, Some(DateOrder::Dmy)).is_err(), "{written}");
    }
}

#[test]
fn days_count_from_1900_or_1904() {
    let at = |days, since| read(&Cell::Date(days), None, since).unwrap();
    assert_eq!(at(46_270.0, false).local.to_string(), "2026-09-05T00:00:00");
    assert_eq!(at(46_270.0, false).precision, Precision::Day);
    assert_eq!(at(46_270.597_222_222_2, false).local.to_string(), "2026-09-05T14:20:00");
    assert_eq!(at(44_808.597_222_222_2, true).local.to_string(), "2026-09-05T14:20:00");
    assert_eq!(
        read(&Cell::Number(20_260_905.0), None, false).unwrap().local.to_string(),
        "2026-09-05T00:00:00"
    );
    assert_eq!(read(&Cell::Number(3.5), None, false), Err(Doubt::Unreadable));
    assert_eq!(read(&Cell::Date(f64::NAN), None, false), Err(Doubt::Unreadable));
}

#[test]
fn offsets_are_kept() {
    let time = read(&Cell::Text("2026-09-05T14:20:00+08:00".to_owned()), None, false).unwrap();
    assert_eq!((time.offset_minutes, time.precision), (Some(480), Precision::Minute));
    let time = read(&Cell::Text("2026-09-05T14:20Z".to_owned()), None, false).unwrap();
    assert_eq!(time.offset_minutes, Some(0));
}

#[test]
fn clocks_stand_alone() {
    let at = |cell: Cell| clock(&cell).map(|(t, _)| t.to_string());
    for (written, expected) in [
        ("14:20", "14:20:00"),
        ("1420", "14:20:00"),
        ("920", "09:20:00"),
        ("14h20", "14:20:00"),
        ("14.20", "14:20:00"),
        ("2:20 PM", "14:20:00"),
        ("下午2时20分", "14:20:00"),
        ("14:20:31", "14:20:31"),
    ] {
        assert_eq!(at(Cell::Text(written.to_owned())).as_deref(), Some(expected), "{written}");
    }
    assert_eq!(at(Cell::Number(0.597_222_222_2)).as_deref(), Some("14:20:00"));
    assert_eq!(at(Cell::Number(1420.0)).as_deref(), Some("14:20:00"));
    assert_eq!(at(Cell::Date(46_270.597_222_222_2)).as_deref(), Some("14:20:00"));
    for written in ["25:00", "24:00", "x", "", "14:70"] {
        assert_eq!(at(Cell::Text(written.to_owned())), None, "{written}");
    }
}

proptest! {
    #[test]
    fn never_panics(written in "[0-9年月日时:/ .\\-+a-zก-ฮ]{0,30}", days in any::<f64>()) {
        for order in [None, Some(DateOrder::Dmy), Some(DateOrder::Ymd)] {
            let _ = local(&written, order);
        }
        let _ = clock(&Cell::Text(written));
        let _ = (clock(&Cell::Date(days)), read(&Cell::Date(days), None, true), clock(&Cell::Number(days)));
    }
}
