/* rich.h - one guideline by hand that has something in every table: for tests of the verifier and of reading decisions.
 * May include: build_image.h.
 * Start at the comment on rich_new(). */
#ifndef TESTS_RICH_H
#define TESTS_RICH_H

#include "tests/runtime/build_image.h"

enum { RICH_KEY, RICH_DATE, RICH_FORM, RICH_DIALOG, RICH_CODES, RICH_AGE, RICH_REGISTERED, RICH_ANSWER, RICH_FIELDS };
enum { RICH_FEE, RICH_DOUBLE, RICH_INVOICES, RICH_ROWS, RICH_OUTCOMES };
enum { RICH_LIMIT, RICH_READING };
enum {
    E_PERIOD,
    E_SCOPE,
    E_CLAUSE,
    E_ITEM_A,
    E_ITEM_B,
    E_EXCEPT,
    E_REQUIREMENT,
    E_ADVICE,
    E_RULE,
    E_TABLE,
    E_ROW_A,
    E_ROW_B,
    E_NOTE,
    E_DOUBLE,
    E_INVOICE_1,
    E_INVOICE_2,
    E_INVOICE_3,
    E_X_A,
    E_X_B,
    E_X_C,
    RICH_ENTRIES
};
#define RICH_START 17605 /* 2018-03-15 */

/* riktlinje: gäller från 2018-03-15 tidigare okänt, omfattar när form är 0 eller 1.
 * klausul k: a) dialog b) kod 1; utom när svar. krav: form 0 kräver dialog. råd: kod 2.
 * avgift: a) dialog ger 100 kr, b) inte dialog ger 0 kr; regeln r åsidosätter båda när svar: ej angivet. Granskas mot registrerad.
 * dubbel: avgift * 2. fakturor, flera (betalare, belopp): 1) dialog ger (0, 100 kr), 2) ålder >= gräns ger (form, 100 kr), 3) alltid (1, registrerad).
 * radvis, rad för rad: a) dialog ger 0, b) kod 1 ger 0, c) inga koder ger 1.
 * antaganden: gräns 2..10 utan värde; läsning ja, som rad a hänger på. svar saknas: nej. */
image *rich_new(void);

typedef struct rich_data { /* columns of 64 records, all unknown at first */
    uint64_t known[RICH_FIELDS], dialog, answer, codes[64];
    uint16_t forms[64];
    int64_t dates[64], ages[64], registered[64];
    kl_string keys[64];
    kl_column columns[RICH_FIELDS];
} rich_data;

void rich_clear(rich_data *d);
/* Sets one field of a record: key by its length, answers 0 or 1, codes as a mask. */
void rich_put(rich_data *d, uint32_t row, uint32_t field, int64_t value);

#endif
