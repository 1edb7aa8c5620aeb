/* decide.c - a contact is decided where it is written: the fee by telephone, first with little known, then with what was asked for.
 * May include: the header that klausul build --target c wrote, the C library; see lang/spec/c.md.
 * Start with: klausul build rules/vgr/distanskontakter/2023-06-01.klausul --target c -o vgr.c; cc -o decide examples/c/decide.c vgr.c */
#include "vgr.h"

#include <stdio.h>

static void tell(const vgr_distanskontakter_record *contact) {
    vgr_distanskontakter_decision d;
    int bad = vgr_distanskontakter_decide(contact, &d);
    if (bad >= 0) {
        printf("not decided: %s\n", vgr_distanskontakter_fields[bad]);
        return;
    }
    if (d.patientavgift.state == VGR_DISTANSKONTAKTER_UNDETERMINED) {
        printf("the fee depends on:");
        for (unsigned f = 0; f < VGR_DISTANSKONTAKTER_FIELDS; f++)
            if (d.patientavgift.waiting.missing[f / 64] >> (f % 64) & 1) printf(" %s", vgr_distanskontakter_fields[f]);
        puts("");
        return;
    }
    printf("the fee is %lld.%02lld kr\n", (long long)d.patientavgift.value / 100,
           (long long)d.patientavgift.value % 100);
    for (unsigned e = 0; e < VGR_DISTANSKONTAKTER_ENTRIES; e++)
        if (d.patientavgift.by[e / 64] >> (e % 64) & 1)
            printf("  by %s: %s\n", vgr_distanskontakter_entries[e].id, vgr_distanskontakter_entries[e].citation);
}

int main(void) {
    vgr_distanskontakter_record contact = {0};
#define KNOWN(field, is) (contact.field.known = true, contact.field.value = (is))
    KNOWN(kontaktdatum, 19700); /* 2023-12-09 */
    KNOWN(avtal, VGR_DISTANSKONTAKTER_AVTALSTYP_VARDVAL_VARDCENTRAL);
    KNOWN(form, VGR_DISTANSKONTAKTER_KONTAKTFORM_TELEFON);
    tell(&contact);
    KNOWN(yrke, VGR_DISTANSKONTAKTER_YRKESKATEGORI_LAKARE);
    KNOWN(arende, VGR_DISTANSKONTAKTER_ARENDE_BEDOMNING);
    KNOWN(kant_problem, false);
    KNOWN(egenmonitorering, VGR_DISTANSKONTAKTER_EGENMONITORERING_INGEN);
    KNOWN(dialog, true);
    KNOWN(motsvarar_besok, true);
    KNOWN(medicinsk_bedomning, true);
    KNOWN(beslut_fattat, true);
    KNOWN(behandlingsansvarig, true);
    KNOWN(journalford, true);
    tell(&contact);
    KNOWN(planerad, true);
    tell(&contact);
    return 0;
}
