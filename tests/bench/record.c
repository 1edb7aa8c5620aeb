/* record.c - random records of a fixed shape, and their decisions by plain if/else.
 * May include: the C library.
 * Start at bench_next() for the records, bench_decide() for the baseline. */
#include "tests/bench/record.h"

const char bench_heading[] =
    "contact_id,unit,date,contact_type,profession,licensed,kva,planned,listed,dialog,equals_visit,assessment,journaled,"
    "anamnesis,status,action,strong_auth,renewal_only,sick_note_extension_only,aid_renewal_only,self_monitoring_only";
const char *const bench_fact_names[FACTS] = {"planned",          "listed",
                                             "dialog",           "equals_visit",
                                             "assessment",       "journaled",
                                             "anamnesis",        "status",
                                             "action",           "strong_auth",
                                             "renewal_only",     "sick_note_extension_only",
                                             "aid_renewal_only", "self_monitoring_only"};
const char *const bench_forms[4] = {"BR", "T", "TB", "M"};
const char *const bench_professions[12] = {"LAKARE",   "SJUKSKOTERSKA", "DISTRIKTSSKOTERSKA", "FYSIOTERAPEUT",
                                           "PSYKOLOG", "KURATOR",       "ARBETSTERAPEUT",     "BARNMORSKA",
                                           "DIETIST",  "LOGOPED",       "UNDERSKOTERSKA",     "MEDICINSK_SEKRETERARE"};
const char *const bench_truths[3] = {"false", "undetermined", "true"};

enum { FEE_NONE, FEE_0, FEE_50, FEE_100, FEE_300, FEE_OPEN };
const char *const bench_fees[] = {"", "0.00", "50.00", "100.00", "300.00", "undetermined"};
enum { POINTS_0, POINTS_03, POINTS_1, POINTS_OPEN };
const char *const bench_points[] = {"0.0", "0.3", "1.0", "undetermined"};
enum {
    BY_PHONE,
    CALL_OTHERS,
    CALL_PLANNED,
    CALL_UNPLANNED,
    VIDEO, /* physician listed, physician not listed, others listed, others not listed */
    VIDEO_UNCODED = VIDEO + 4,
    WRITTEN_QUALIFIED,
    WRITTEN_ADMINISTRATIVE,
    FAILS, /* the requirements and what is not enough, in order */
    GROUND_OPEN = FAILS + 10
};
const char *const bench_grounds[] = {"telefon",
                                     "samtal_övriga",
                                     "samtal_planerat",
                                     "samtal_oplanerat",
                                     "video_läkare_listad",
                                     "video_läkare_olistad",
                                     "video_övriga_listad",
                                     "video_övriga_olistad",
                                     "video_utan_kod",
                                     "skriftlig_kvalificerad",
                                     "skriftlig_administrativ",
                                     "brist_legitimation",
                                     "brist_dialog",
                                     "brist_besök",
                                     "brist_bedömning",
                                     "brist_journal",
                                     "brist_inloggning",
                                     "bara_recept",
                                     "bara_intyg",
                                     "bara_hjälpmedel",
                                     "bara_egenmätning",
                                     "undetermined"};

/* ------------------------------------------------------------------ records */
static uint32_t draw(uint64_t *state, uint32_t below) { /* PCG: a linear congruence, its high bits folded and turned */
    uint64_t old = *state;
    *state = old * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint32_t folded = (uint32_t)(((old >> 18) ^ old) >> 27), turn = (uint32_t)(old >> 59);
    uint32_t bits = folded >> turn | folded << (-turn & 31);
    return (uint32_t)(((uint64_t)bits * below) >> 32);
}

static uint8_t fact(uint64_t *state, unsigned unknown, unsigned yes) {
    if (draw(state, 1000) < unknown) return UNKNOWN;
    return draw(state, 100) < yes ? YES : NO;
}

void bench_next(uint64_t *state, unsigned unknown, bench_record *r) {
    static const uint8_t months[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const uint8_t often[FACTS] = {50, 75, 92, 90, 91, 94, 90, 90, 90, 90, 6, 4, 3, 5};
    static const uint8_t forms[20] = {BR, BR, BR, BR, BR, T, T, T, T, T, T, TB, TB, TB, TB, TB, M, M, M, M};
    r->id++;
    r->unit = 1 + draw(state, 200);
    r->year = (uint16_t)(2022 + draw(state, 3));
    r->month = (uint8_t)(1 + draw(state, 12));
    r->day = (uint8_t)(1 + draw(state, months[r->month - 1]));
    r->form = forms[draw(state, 20)];
    r->profession = (uint8_t)(draw(state, 4) == 0 ? 0 : 1 + draw(state, 11));
    r->coded = draw(state, 100) < (r->form == BR ? 60u : r->form == M ? 70u : 2u);
    r->licensed = fact(state, unknown, r->profession < 10 ? 97 : 1);
    for (int i = 0; i < FACTS; i++) r->facts[i] = fact(state, unknown, often[i]);
}

/* ------------------------------------------------------------------ decisions */
static int least(int a, int b) {
    return a < b ? a : b;
}
static int most(int a, int b) {
    return a > b ? a : b;
}

static uint8_t first_fail(const bench_record *r, int need_license, int need_login) {
    if (need_license && r->licensed == NO) return FAILS;
    for (int i = 0; i < 4; i++)
        if (r->facts[DIALOG + i] == NO) return (uint8_t)(FAILS + 1 + i);
    if (need_login && r->facts[STRONG_LOGIN] == NO) return FAILS + 5;
    for (int i = 0; i < 4; i++)
        if (r->facts[PRESCRIPTION_ONLY + i] == YES) return (uint8_t)(FAILS + 6 + i);
    return GROUND_OPEN;
}

static uint8_t points(int enough, uint8_t worth) {
    return enough == YES ? worth : enough == NO ? POINTS_0 : POINTS_OPEN;
}

bench_decision bench_decide(const bench_record *r) {
    const uint8_t *f = r->facts;
    int content = least(least(f[DIALOG], f[LIKE_A_VISIT]), least(f[ASSESSED], f[IN_JOURNAL]));
    int excepted = most(most(f[PRESCRIPTION_ONLY], f[CERTIFICATE_ONLY]), most(f[AID_ONLY], f[OWN_MEASURES_ONLY]));
    int qualified = least(content, YES - excepted), worth = r->year < 2023 ? content : qualified;
    bench_decision d = {r->form, (uint8_t)qualified, FEE_NONE, POINTS_0, GROUND_OPEN};
    if (r->form == T) {
        d.ground = BY_PHONE;
    } else if (r->form == TB && r->profession != 0) {
        d.fee = FEE_0;
        d.ground = CALL_OTHERS;
    } else if (r->form == TB) {
        int paid = least(qualified, f[PLANNED]);
        d.fee = paid == YES ? FEE_100 : paid == NO ? FEE_0 : FEE_OPEN;
        d.points = points(worth, POINTS_03);
        if (qualified == NO)
            d.ground = first_fail(r, 0, 0);
        else if (qualified == YES && f[PLANNED] != UNKNOWN)
            d.ground = f[PLANNED] == YES ? CALL_PLANNED : CALL_UNPLANNED;
    } else if (r->form == M && !r->coded) {
        d.ground = VIDEO_UNCODED;
    } else if (r->form == M) {
        int enough = least(r->licensed, qualified), listed = f[LISTED];
        d.points = points(least(r->licensed, worth), POINTS_1);
        if (enough == NO) {
            d.ground = first_fail(r, 1, 0);
        } else if (enough == UNKNOWN || listed == UNKNOWN) {
            d.fee = FEE_OPEN;
        } else if (r->profession == 0) {
            d.fee = listed == YES ? FEE_100 : FEE_300;
            d.ground = listed == YES ? VIDEO : VIDEO + 1;
        } else {
            d.fee = listed == YES ? FEE_50 : FEE_100;
            d.ground = listed == YES ? VIDEO + 2 : VIDEO + 3;
        }
    } else if (!r->coded) {
        d.ground = WRITTEN_ADMINISTRATIVE;
    } else {
        int sure = least(r->licensed, f[STRONG_LOGIN]), enough = least(sure, qualified);
        d.points = points(least(sure, worth), POINTS_1);
        d.ground = enough == YES ? WRITTEN_QUALIFIED : enough == NO ? first_fail(r, 1, 1) : GROUND_OPEN;
    }
    return d;
}
