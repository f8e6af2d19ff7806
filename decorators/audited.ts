import { currentActor, defineTrait, refers } from 'plinth'
import { type AuditOptions, auditColumns, auditTable, entriesOf } from './audited/audit-table.js'

const defaults: AuditOptions = { only: [], omit: [] }

/**
 * Remembers who changed what, when and by which call: one entry for each row that was written, in the same transaction,
 * whatever write it was: a save, a bulk update, a verb, a deletion and all that it takes along. `auditOf` reads the
 * entries, `revertTo` brings a row back to what it was at one of them. `only` names the properties that are recorded,
 * all unless it is given; of those in `omit`, and of columns that reads leave out, only that they changed.
 */
export const Audited = defineTrait({
  name: 'Audited',
  defaults,
  refers: refers<{ only: unknown; omit: unknown }>(),
  tables: () => ({ [auditTable]: auditColumns }),
  refusals: () => ({ NO_VERSION: 409 }),
  rules: (options) => ({
    written: {
      names: [...options.only, ...options.omit],
      after: async (rows, context) => {
        const entries = entriesOf(rows, options, context, currentActor())
        await context.companion(auditTable).insert(entries)
      },
    },
  }),
})
