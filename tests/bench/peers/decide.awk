# decide.awk - the rules of yardstick.klausul for mawk: 0 no, 1 unknown, 2 yes, so that "and" is the least and "or" the greatest.
# May use: the benchmark's CSV, columns in their fixed order. mawk -f decide.awk IN.csv
# Start at the last block, one record.
function ground(form, licensed, auth) {
    if (form != "TB" && licensed == 0) return "brist_legitimation"
    for (i = 10; i <= 13; i++) if (fact[i] == 0) return lacks[i]
    if (form == "BR" && auth == 0) return "brist_inloggning"
    for (i = 18; i <= 21; i++) if (fact[i] == 2) return only[i]
    return "undetermined"
}
function least(a, b) { return a < b ? a : b }
function most(a, b) { return a > b ? a : b }
BEGIN {
    FS = OFS = ","
    truth["true"] = 2; truth[""] = 1; truth["false"] = 0
    word[2] = "true"; word[1] = "undetermined"; word[0] = "false"
    lacks[10] = "brist_dialog"; lacks[11] = "brist_besök"; lacks[12] = "brist_bedömning"; lacks[13] = "brist_journal"
    only[18] = "bara_recept"; only[19] = "bara_intyg"; only[20] = "bara_hjälpmedel"; only[21] = "bara_egenmätning"
}
NR == 1 { print "contact_id", "typ", "kvalificerad", "avgift", "poäng", "klausul"; next }
{
    form = $4; physician = $5 == "LAKARE"; coded = $7 == "ZV051"
    for (i = 8; i <= 21; i++) fact[i] = truth[$i]
    licensed = truth[$6]; planned = fact[8]; listed = fact[9]; auth = fact[17]
    content = least(least(fact[10], fact[11]), least(fact[12], fact[13]))
    excepted = most(most(fact[18], fact[19]), most(fact[20], fact[21]))
    qualified = least(content, 2 - excepted)
    worth = $3 < "2023-01-01" ? content : qualified
    fee = ""; points = "0.0"
    if (form == "T") clause = "telefon"
    else if (form == "TB" && !physician) { fee = "0.00"; clause = "samtal_övriga" }
    else if (form == "TB") {
        paid = least(qualified, planned)
        fee = paid == 2 ? "100.00" : paid == 0 ? "0.00" : "undetermined"
        points = worth == 2 ? "0.3" : worth == 0 ? "0.0" : "undetermined"
        if (qualified == 2 && planned == 2) clause = "samtal_planerat"
        else if (qualified == 2 && planned == 0) clause = "samtal_oplanerat"
        else clause = ground(form, licensed, auth)
    }
    else if (!coded) clause = form == "M" ? "video_utan_kod" : "skriftlig_administrativ"
    else {
        entitled = form == "M" ? licensed : least(licensed, auth)
        enough = least(entitled, qualified); worth = least(entitled, worth)
        points = worth == 2 ? "1.0" : worth == 0 ? "0.0" : "undetermined"
        if (form == "M" && enough > 0) fee = "undetermined"
        if (enough == 2 && form == "BR") clause = "skriftlig_kvalificerad"
        else if (enough == 2 && listed != 1) {
            if (physician) { fee = listed ? "100.00" : "300.00"; clause = listed ? "video_läkare_listad" : "video_läkare_olistad" }
            else { fee = listed ? "50.00" : "100.00"; clause = listed ? "video_övriga_listad" : "video_övriga_olistad" }
        }
        else clause = ground(form, licensed, auth)
    }
    print $1, form, word[qualified], fee, points, clause
}
