-- decide.sql - the rules of yardstick.klausul as one query over `facts`, for DuckDB and SQLite alike: SQL's own NULL is the unknown.
-- May use: a relation `facts` with contact_id, form, physician, coded, early (before 2023) and the facts as truths.
-- Start at the last SELECT; each column of the answer is one CASE.
WITH content AS (
  SELECT *, dialog AND equals_visit AND assessment AND journaled AS substance,
         NOT (renewal_only OR sick_note_extension_only OR aid_renewal_only OR self_monitoring_only) AS plain
  FROM facts
), care AS (
  SELECT *, substance AND plain AS qualified,
         CASE WHEN early THEN substance ELSE substance AND plain END AS worth,
         CASE form WHEN 'M' THEN licensed ELSE licensed AND strong_auth END AS entitled
  FROM content
)
SELECT contact_id,
  form AS typ,
  CASE WHEN qualified THEN 'true' WHEN NOT qualified THEN 'false' ELSE 'undetermined' END AS kvalificerad,
  CASE
    WHEN form = 'TB' AND NOT physician THEN '0.00'
    WHEN form = 'TB' THEN CASE WHEN qualified AND planned THEN '100.00' WHEN NOT (qualified AND planned) THEN '0.00'
                               ELSE 'undetermined' END
    WHEN form = 'M' AND coded AND (licensed AND qualified) IS NULL THEN 'undetermined'
    WHEN form = 'M' AND coded AND licensed AND qualified THEN
      CASE WHEN listed IS NULL THEN 'undetermined'
           WHEN physician THEN CASE WHEN listed THEN '100.00' ELSE '300.00' END
           WHEN listed THEN '50.00' ELSE '100.00' END
    END AS avgift,
  CASE
    WHEN form = 'TB' AND physician THEN CASE WHEN worth THEN '0.3' WHEN NOT worth THEN '0.0' ELSE 'undetermined' END
    WHEN form IN ('M', 'BR') AND coded THEN
      CASE WHEN entitled AND worth THEN '1.0' WHEN NOT (entitled AND worth) THEN '0.0' ELSE 'undetermined' END
    ELSE '0.0' END AS "poäng",
  CASE
    WHEN form = 'T' THEN 'telefon'
    WHEN form = 'TB' AND NOT physician THEN 'samtal_övriga'
    WHEN form = 'M' AND NOT coded THEN 'video_utan_kod'
    WHEN form = 'BR' AND NOT coded THEN 'skriftlig_administrativ'
    WHEN form = 'TB' AND qualified AND planned THEN 'samtal_planerat'
    WHEN form = 'TB' AND qualified AND NOT planned THEN 'samtal_oplanerat'
    WHEN form = 'BR' AND entitled AND qualified THEN 'skriftlig_kvalificerad'
    WHEN form = 'M' AND entitled AND qualified AND physician AND listed THEN 'video_läkare_listad'
    WHEN form = 'M' AND entitled AND qualified AND physician AND NOT listed THEN 'video_läkare_olistad'
    WHEN form = 'M' AND entitled AND qualified AND NOT physician AND listed THEN 'video_övriga_listad'
    WHEN form = 'M' AND entitled AND qualified AND NOT physician AND NOT listed THEN 'video_övriga_olistad'
    WHEN form IN ('M', 'BR') AND NOT licensed THEN 'brist_legitimation'
    WHEN NOT dialog THEN 'brist_dialog'
    WHEN NOT equals_visit THEN 'brist_besök'
    WHEN NOT assessment THEN 'brist_bedömning'
    WHEN NOT journaled THEN 'brist_journal'
    WHEN form = 'BR' AND NOT strong_auth THEN 'brist_inloggning'
    WHEN renewal_only THEN 'bara_recept'
    WHEN sick_note_extension_only THEN 'bara_intyg'
    WHEN aid_renewal_only THEN 'bara_hjälpmedel'
    WHEN self_monitoring_only THEN 'bara_egenmätning'
    ELSE 'undetermined' END AS klausul
FROM care
