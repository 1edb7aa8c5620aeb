# make_records.py - writes kontakter.csv and kontakter.ndjson beside it: invented contacts, shaped as a regional export would be.
# May include: the Python standard library. Seeded: the same script gives the same bytes. No person is described; the key is a running number.
# Start at contact(): one contact's facts by the neutral names; HEADINGS and CODES then say how the export writes them.
import datetime
import json
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, SAMPLE, SEED = 3000, 40, 20230601
SHOWN = 10482  # the contact that `make demo` explains: a planned call by a physician, registered as an ordinary call
SPOILED = {  # cells as a careless hand or another system would leave them: such records are rejected
    10217: ("channel", "Fax"), 10934: ("contact_date", "2023-13-04"), 11586: ("charged_fee", "gratis"), 12340: ("staff_category", "Konsult"),
    12871: ("documented", "kanske"),
}

HEADINGS = [
    ("contact_id", "Kontakt-id"), ("contact_date", "Datum"), ("performing_unit", "Enhet"), ("agreement_type", "Vårdavtal"),
    ("mode", "Kontaktform"), ("channel", "Skriftlig kanal"), ("duration_minutes", "Längd (min)"), ("staff_category", "Yrkeskategori"),
    ("staff_licensed", "Legitimation"), ("listed_at_unit", "Listad på enheten"), ("planned", "Planerat samtal"), ("purpose", "Kontaktorsak"),
    ("known_problem", "Känt problem"), ("new_complaint_considered", "Ställning till nya besvär"), ("self_monitoring", "Egenmonitorerad"),
    ("is_dialogue", "Dialog med patienten"), ("content_equals_outpatient_visit", "Motsvarar besök"),
    ("medical_assessment", "Medicinsk bedömning gjord"), ("decision_made", "Beslut om åtgärd"),
    ("by_treating_staff", "Behandlingsansvarig personal"), ("documented", "Journalförd kontakt"),
    ("note_has.anamnesis", "Anteckning: anamnes"), ("note_has.status", "Anteckning: status"),
    ("note_has.assessment", "Anteckning: bedömning"), ("note_has.action", "Anteckning: åtgärd"),
    ("secure_authentication", "Säker inloggning"), ("reported", "Rapporterad till VGR"),
    ("registered_contact_type", "Kontakttyp"), ("registered_kva", "KVÅ"), ("charged_fee", "Debiterad avgift"),
]
CODES = {
    "vardval_vardcentral": "Vårdval Vårdcentral", "vardval_rehab": "Vårdval Rehab", "phone": "Telefon", "video": "Videolänk", "written": "Skriftlig",
    "chat": "Chatt", "sms": "SMS", "letter": "Brev", "1177_message": "1177-meddelande", "treatment_platform": "Behandlingsplattform",
    "doctor": "Läkare", "nurse": "Sjuksköterska", "psychologist": "Psykolog", "physiotherapist": "Fysioterapeut", "socionom": "Socionom",
    "assistant_nurse": "Undersköterska", "medical_secretary": "Medicinsk sekreterare",
    "assessment": "Bedömning", "booking_same_provider": "Bokning", "general_info": "Allmän information", "general_advice": "Allmän rådgivning",
    "upcoming_visit_info": "Kommande besök", "opening_hours": "Öppettider", "prescription_renewal": "Receptförnyelse",
    "aid_renewal": "Hjälpmedelsförnyelse", "sick_leave_extension": "Förlängd sjukskrivning", "test_result": "Provsvar",
    "none": "Nej", "only": "Enbart", "basis": "Underlag",
}
STAFF = {
    "phone": [("doctor", 30), ("nurse", 45), ("assistant_nurse", 8), ("psychologist", 5), ("physiotherapist", 7), ("socionom", 5)],
    "video": [("doctor", 55), ("nurse", 15), ("psychologist", 18), ("physiotherapist", 9), ("socionom", 3)],
    "written": [("doctor", 25), ("nurse", 50), ("psychologist", 12), ("assistant_nurse", 5), ("medical_secretary", 8)],
}
OFFICE = ["booking_same_provider", "general_info", "general_advice", "upcoming_visit_info", "opening_hours"]
RENEWAL = ["prescription_renewal", "prescription_renewal", "aid_renewal", "sick_leave_extension"]


def pick(r, weighted):
    return r.choices([v for v, _ in weighted], [w for _, w in weighted])[0]


def chance(r, percent):
    return r.random() * 100 < percent


def day(r):
    """Most contacts after the table's date, some before it, a few before the payment rule."""
    first, last = pick(r, [(("2023-06-01", "2024-05-31"), 88), (("2023-01-01", "2023-05-31"), 9), (("2022-10-01", "2022-12-31"), 3)])
    first, last = (datetime.date.fromisoformat(d) for d in (first, last))
    return first + datetime.timedelta(r.randrange((last - first).days + 1))


def contact(r, number):
    c = {"contact_id": str(number), "contact_date": day(r).isoformat(), "performing_unit": f"VC {r.randrange(1, 13):02d}"}
    c["agreement_type"] = "vardval_rehab" if chance(r, 2) else "vardval_vardcentral"
    mode = c["mode"] = pick(r, [("phone", 52), ("video", 20), ("written", 28)])
    staff = c["staff_category"] = pick(r, STAFF[mode])
    c["staff_licensed"] = staff not in ("socionom", "assistant_nurse", "medical_secretary") and not (staff == "doctor" and chance(r, 5))
    kind = "office" if staff == "medical_secretary" else pick(r, [("visit", 58), ("office", 20), ("renewal", 16), ("other", 6)])
    if mode == "video" and kind == "office":
        kind = "visit"
    visit = kind == "visit" or kind == "renewal" and chance(r, 55)
    c["purpose"] = {"visit": "assessment", "office": r.choice(OFFICE), "renewal": r.choice(RENEWAL), "other": "test_result"}[kind]
    if mode == "written":
        c["channel"] = pick(r, [("chat", 45), ("1177_message", 35), ("sms", 8), ("treatment_platform", 8), ("letter", 4)])
        c["secure_authentication"] = c["channel"] in ("chat", "1177_message", "treatment_platform") and not chance(r, 2)
    else:
        c["duration_minutes"] = r.randrange(2, 40)
    if mode == "phone":
        c["planned"] = chance(r, 45)
    if mode == "video":
        c["listed_at_unit"] = chance(r, 85)
    if kind == "renewal":
        c["known_problem"] = chance(r, 93)
        c["new_complaint_considered"] = chance(r, 30)
    c["self_monitoring"] = pick(r, [("none", 95), ("basis", 4), ("only", 1)])
    c["is_dialogue"] = c.get("channel") != "letter" and not chance(r, 2)
    c["content_equals_outpatient_visit"] = visit and not chance(r, 3)
    c["medical_assessment"] = visit or kind == "other"
    c["decision_made"] = visit and not chance(r, 3)
    c["by_treating_staff"] = not chance(r, 1)
    c["documented"] = visit or chance(r, 70)
    note = c["documented"] and c["medical_assessment"]
    c["note_has"] = {part: note and not chance(r, 4 if part == "status" else 1) for part in ("anamnesis", "status", "assessment", "action")}
    c["reported"] = not chance(r, 3)
    register(r, c, visit)
    for name in ("staff_licensed", "listed_at_unit", "planned", "known_problem", "self_monitoring", "is_dialogue", "secure_authentication", "documented"):
        if chance(r, 2):
            c.pop(name, None)
    if "new_complaint_considered" in c and chance(r, 20):
        c.pop("new_complaint_considered")
    if c["note_has"] and chance(r, 3):
        c["note_has"].pop("status")
    return c


def register(r, c, visit):
    """The type, code and fee that somebody registered: mostly what the table says, now and then not."""
    mode, doctor = c["mode"], c["staff_category"] == "doctor"
    kind = {"phone": "TB" if visit else "T", "video": "M", "written": "BR"}[mode]
    if chance(r, 4):
        kind = r.choice(["T", "TB", "BR", "M"])
    if c["purpose"] not in OFFICE + ["assessment"] and chance(r, 70) or not visit and mode == "video":
        return  # nothing was registered: the table has no type for it
    c["registered_contact_type"] = kind
    if kind == "M" or kind == "BR" and visit:
        c["registered_kva"] = [] if chance(r, 6) else ["ZV051"]
    fee = None
    if kind == "M":
        listed = c.get("listed_at_unit", True)
        fee = (100 if listed else 300) if doctor else (50 if listed else 100)
    if kind == "TB":
        fee = 100 if doctor and c.get("planned") else 0
    if fee is not None:
        c["charged_fee"] = fee


def shown(c):
    """A planned call by a physician that replaces a visit, in full, but registered as an ordinary call."""
    c.update(contact_date="2023-09-01", agreement_type="vardval_vardcentral", mode="phone", staff_category="doctor", staff_licensed=True,
             planned=True, purpose="assessment", duration_minutes=14, self_monitoring="none", is_dialogue=True,
             content_equals_outpatient_visit=True, medical_assessment=True, decision_made=True, by_treating_staff=True, documented=True,
             note_has=dict.fromkeys(("anamnesis", "status", "assessment", "action"), True), reported=True,
             registered_contact_type="T", charged_fee=0)
    for name in ("channel", "secure_authentication", "listed_at_unit", "known_problem", "new_complaint_considered", "registered_kva"):
        c.pop(name, None)


def cell(c, name):
    if SPOILED.get(int(c["contact_id"]), (None,))[0] == name:
        return SPOILED[int(c["contact_id"])][1]
    value = c
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if name == "charged_fee":
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, list):
        return " ".join(value)
    return CODES.get(str(value), str(value))


def main():
    r = random.Random(SEED)
    contacts = [contact(r, 10001 + i) for i in range(ROWS)]
    shown(contacts[SHOWN - 10001])
    with open(os.path.join(HERE, "kontakter.csv"), "w", encoding="utf-8", newline="") as f:
        f.write(";".join(heading for _, heading in HEADINGS) + "\n")
        for c in contacts:
            f.write(";".join(cell(c, name) for name, _ in HEADINGS) + "\n")
    with open(os.path.join(HERE, "kontakter.ndjson"), "w", encoding="utf-8") as f:
        for c in contacts[:SAMPLE]:
            f.write(json.dumps(c, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
