-- duckdb.sql - the columns of the benchmark's CSV as the `facts` of decide.sql, for DuckDB; {in}, {threads} are filled in.
-- May use: DuckDB's reader, told the types so that it need not guess them.
-- Start at the view.
SET threads = {threads};
SET preserve_insertion_order = true;
CREATE VIEW facts AS
SELECT contact_id, contact_type AS form, profession = 'LAKARE' AS physician, coalesce(kva = 'ZV051', false) AS coded,
       date < DATE '2023-01-01' AS early, licensed, planned, listed, dialog, equals_visit, assessment, journaled, strong_auth,
       renewal_only, sick_note_extension_only, aid_renewal_only, self_monitoring_only
FROM read_csv('{in}', header = true, auto_detect = false, delim = ',', nullstr = '', columns = {
  'contact_id': 'VARCHAR', 'unit': 'VARCHAR', 'date': 'DATE', 'contact_type': 'VARCHAR', 'profession': 'VARCHAR',
  'licensed': 'BOOLEAN', 'kva': 'VARCHAR', 'planned': 'BOOLEAN', 'listed': 'BOOLEAN', 'dialog': 'BOOLEAN',
  'equals_visit': 'BOOLEAN', 'assessment': 'BOOLEAN', 'journaled': 'BOOLEAN', 'anamnesis': 'BOOLEAN', 'status': 'BOOLEAN',
  'action': 'BOOLEAN', 'strong_auth': 'BOOLEAN', 'renewal_only': 'BOOLEAN', 'sick_note_extension_only': 'BOOLEAN',
  'aid_renewal_only': 'BOOLEAN', 'self_monitoring_only': 'BOOLEAN'});
