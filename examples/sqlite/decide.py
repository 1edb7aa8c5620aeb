# decide.py - records in an SQLite table, decided by a guideline in another table, counted by a query.
# May include: the Python standard library only; see lang/spec/sqlite.md.
# Start with: python3 examples/sqlite/decide.py build/sqlite/klausul.so vgr.image examples/vgr/kontakter.ndjson
import sqlite3
import sys

if len(sys.argv) != 4:
    sys.exit("usage: decide.py EXTENSION IMAGE RECORDS.ndjson")
extension, image, records = sys.argv[1:]

db = sqlite3.connect(":memory:")
db.enable_load_extension(True)
db.load_extension(extension)
db.enable_load_extension(False)

db.execute("CREATE TABLE guideline (image BLOB)")
with open(image, "rb") as f:
    db.execute("INSERT INTO guideline VALUES (?)", (f.read(),))
db.execute("CREATE TABLE contact (record TEXT)")
with open(records, encoding="utf-8") as f:
    db.executemany("INSERT INTO contact VALUES (?)", ([line] for line in f))

# Which rule decided, and how often; a record that cannot be read is told with its field.
print(*db.execute("SELECT json_extract(klausul_inspect(image), '$.guideline') FROM guideline").fetchone())
query = """
    WITH told AS MATERIALIZED (SELECT klausul_try(image, record) AS decision FROM contact, guideline)
    SELECT coalesce(json_extract(decision, '$.outcomes.beslut.value'), json_extract(decision, '$.outcomes.beslut.state'),
                    'refused: ' || json_extract(decision, '$.rejected.column')) AS beslut,
           json_extract(decision, '$.outcomes.beslut.by[0]') AS by, count(*)
    FROM told GROUP BY 1, 2 ORDER BY 3 DESC"""
for beslut, by, count in db.execute(query):
    print(f"{count:6} {beslut} {by or ''}".rstrip())
