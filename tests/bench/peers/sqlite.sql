-- sqlite.sql - the columns of the benchmark's CSV as the `facts` of decide.sql, for SQLite: its text becomes 1, 0 or NULL.
-- May use: a table `records` filled by the shell's .import, all columns text.
-- Start at the view.
CREATE TEMP VIEW facts AS
SELECT contact_id, contact_type AS form, profession = 'LAKARE' AS physician, kva = 'ZV051' AS coded, date < '2023-01-01' AS early,
  CASE licensed WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS licensed,
  CASE planned WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS planned,
  CASE listed WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS listed,
  CASE dialog WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS dialog,
  CASE equals_visit WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS equals_visit,
  CASE assessment WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS assessment,
  CASE journaled WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS journaled,
  CASE strong_auth WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS strong_auth,
  CASE renewal_only WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS renewal_only,
  CASE sick_note_extension_only WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS sick_note_extension_only,
  CASE aid_renewal_only WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS aid_renewal_only,
  CASE self_monitoring_only WHEN 'true' THEN 1 WHEN 'false' THEN 0 END AS self_monitoring_only
FROM records;
