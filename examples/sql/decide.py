# decide.py - records in an SQLite table, decided by SQL that a guideline was written out as, without Klausul being there.
# May include: the Python standard library only; see lang/spec/sql.md. A view for PostgreSQL or DuckDB is read in the same way.
# Start with: klausul build RULES --target sql --dialect sqlite -o vgr.sql; python3 examples/sql/decide.py vgr.sql
import sqlite3
import sys

if len(sys.argv) != 2:
    sys.exit("usage: decide.py FILE.sql")

# One column for each field of the guideline's record, under its own name; those that the register lacks are unknown.
FIELDS = ("kontakt_id", "kontaktdatum", "utförande_enhet", "avtal", "form", "kanal", "realtid", "längd", "yrke", "legitimerad", "listad",
          "planerad", "ärende", "känt_problem", "nya_besvär_bedömda", "egenmonitorering", "dialog", "motsvarar_besök",
          "medicinsk_bedömning", "beslut_fattat", "behandlingsansvarig", "journalförd", "anteckning_anamnes", "anteckning_status",
          "anteckning_bedömning", "anteckning_åtgärd", "bedömning_framgår", "åtgärdsbeslut_framgår", "säker_autentisering", "id_kontroll",
          "rapporterad", "registrerad_kontakttyp", "registrerad_kvå", "debiterad_avgift")
CALL = {"kontaktdatum": "2023-12-09", "avtal": "vårdval_vårdcentral", "form": "telefon", "yrke": "läkare", "ärende": "bedömning",
        "känt_problem": 0, "egenmonitorering": "ingen", "dialog": 1, "motsvarar_besök": 1, "medicinsk_bedömning": 1, "beslut_fattat": 1,
        "behandlingsansvarig": 1, "journalförd": 1}
CONTACTS = ({"kontakt_id": "1", **CALL, "planerad": 1}, {"kontakt_id": "2", **CALL}, {"kontakt_id": "3", **CALL, "form": "brevduva"})

db = sqlite3.connect(":memory:")
db.execute("CREATE TABLE kontakt (%s)" % ", ".join(f'"{name}"' for name in FIELDS))
for contact in CONTACTS:
    db.execute("INSERT INTO kontakt VALUES (%s)" % ", ".join("?" * len(FIELDS)), [contact.get(name) for name in FIELDS])
with open(sys.argv[1], encoding="utf-8") as f:
    db.executescript(f.read())
for row in db.execute('SELECT "key", "patientavgift", "patientavgift.state", "decided_by", "missing", "rejected" FROM "vgr.distanskontakter"'):
    print(*(value for value in row if value is not None), sep=" | ")
