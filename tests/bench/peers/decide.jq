# decide.jq - the rules of yardstick.klausul for jq: facts as 0 no, 1 unknown, 2 yes. jq -rn -f decide.jq IN.ndjson
# May use: the benchmark's NDJSON, an object a record.
# Start at the last expression.
def truth: if . == null then 1 elif . then 2 else 0 end;
def least(a; b): if a < b then a else b end;
def decided(yes): if . == 2 then yes elif . == 0 then "0.0" else "undetermined" end;
def ground($form):
  if $form != "TB" and .licensed == false then "brist_legitimation"
  elif .dialog == false then "brist_dialog"
  elif .equals_visit == false then "brist_besök"
  elif .assessment == false then "brist_bedömning"
  elif .journaled == false then "brist_journal"
  elif $form == "BR" and .strong_auth == false then "brist_inloggning"
  elif .renewal_only then "bara_recept"
  elif .sick_note_extension_only then "bara_intyg"
  elif .aid_renewal_only then "bara_hjälpmedel"
  elif .self_monitoring_only then "bara_egenmätning"
  else "undetermined" end;
def decide:
  .contact_type as $form
  | (.profession == "LAKARE") as $physician
  | (.kva == "ZV051") as $coded
  | (.licensed | truth) as $licensed
  | ([.dialog, .equals_visit, .assessment, .journaled] | map(truth) | min) as $content
  | ([.renewal_only, .sick_note_extension_only, .aid_renewal_only, .self_monitoring_only] | map(truth) | max) as $excepted
  | least($content; 2 - $excepted) as $qualified
  | (if .date < "2023-01-01" then $content else $qualified end) as $worth
  | [(.contact_id | tostring), $form, (if $qualified == 2 then "true" elif $qualified == 0 then "false" else "undetermined" end)]
  + if $form == "T" then ["", "0.0", "telefon"]
    elif $form == "TB" and ($physician | not) then ["0.00", "0.0", "samtal_övriga"]
    elif $form == "TB" then
      (.planned | truth) as $planned
      | least($qualified; $planned) as $paid
      | [(if $paid == 2 then "100.00" elif $paid == 0 then "0.00" else "undetermined" end), ($worth | decided("0.3")),
         (if $qualified == 2 and $planned == 2 then "samtal_planerat"
          elif $qualified == 2 and $planned == 0 then "samtal_oplanerat" else ground($form) end)]
    elif $coded | not then ["", "0.0", (if $form == "M" then "video_utan_kod" else "skriftlig_administrativ" end)]
    else
      (if $form == "M" then $licensed else least($licensed; .strong_auth | truth) end) as $entitled
      | least($entitled; $qualified) as $enough
      | (least($entitled; $worth) | decided("1.0")) as $points
      | if $form == "BR" then ["", $points, (if $enough == 2 then "skriftlig_kvalificerad" else ground($form) end)]
        elif $enough == 0 then ["", $points, ground($form)]
        elif $enough == 1 then ["undetermined", $points, ground($form)]
        elif .listed == null then ["undetermined", $points, ground($form)]
        elif $physician then
          if .listed then ["100.00", $points, "video_läkare_listad"] else ["300.00", $points, "video_läkare_olistad"] end
        elif .listed then ["50.00", $points, "video_övriga_listad"]
        else ["100.00", $points, "video_övriga_olistad"] end
    end
  | join(",");
"contact_id,typ,kvalificerad,avgift,poäng,klausul", (inputs | decide)
